// Every way to a server program. The ways that start other programs run in a process of their own, whose PATH leads to
// scripts in the place of apt-get and dpkg-deb.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { natsServerVersion } from './nats-release.js';
import { obtainProgram, type ProgramSource } from './obtain-program.js';

const run = promisify(execFile);
const NAME = 'sample-server';

function script(path: string, text: string): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return path;
}

describe('obtaining a server program', () => {
  let directory: string;
  let cacheDirectory: string;
  let mirror: Server;
  let downloads: string[];
  let source: ProgramSource;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mono-obtain-'));
    cacheDirectory = join(directory, 'cache');
    script(join(directory, 'made', `${NAME}-v1`, NAME), 'echo released');
    const archive = join(directory, 'archive.tar.gz');
    await run('tar', ['-czf', archive, '-C', join(directory, 'made'), '.']);
    const bytes = readFileSync(archive);
    downloads = [];
    mirror = createServer((request, response) => {
      downloads.push(`${request.method} ${request.url}`);
      response.writeHead(request.url === '/v1.tar.gz' ? 200 : 404).end(request.method === 'HEAD' ? undefined : bytes);
    });
    await new Promise<void>((resolve) => {
      mirror.listen(0, '127.0.0.1', resolve);
    });
    source = {
      name: NAME,
      variable: 'SAMPLE_SERVER_BIN',
      version: '1',
      release: {
        url: `http://127.0.0.1:${(mirror.address() as AddressInfo).port}/v1.tar.gz`,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      },
      debianPackage: 'sample-server-package',
      brewFormula: 'sample-server-formula',
    };
  });
  afterEach(async () => {
    mirror.closeAllConnections();
    await new Promise((resolve) => {
      mirror.close(resolve);
    });
    await rm(directory, { recursive: true, force: true });
  });

  const wrong = (): ProgramSource => ({
    ...source,
    release: { url: source.release?.url ?? '', sha256: '0'.repeat(64) },
  });

  /** In a process of its own, where `fakes` come before the machine's own programs. */
  async function obtainElsewhere(of: ProgramSource, fakes: Record<string, string>): Promise<string> {
    const bin = join(directory, 'bin');
    for (const [name, text] of Object.entries(fakes)) script(join(bin, name), text);
    const code = `import { obtainProgram } from ${JSON.stringify(join(import.meta.dirname, 'obtain-program.ts'))};
      process.stdout.write(await obtainProgram(${JSON.stringify(of)}, ${JSON.stringify({ cacheDirectory, environment: {} })})
        .catch((error) => error.message));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], {
      env: { PATH: `${bin}${delimiter}${process.env['PATH']}` },
    });
    return stdout;
  }

  test('takes the one that the variable names, and no other when that is wrong', async () => {
    const named = script(join(directory, 'named'), 'echo named');
    const options = { cacheDirectory, environment: { SAMPLE_SERVER_BIN: named } };
    expect(await obtainProgram(source, options)).toBe(named);
    const missing = obtainProgram(source, { cacheDirectory, environment: { SAMPLE_SERVER_BIN: '/nowhere/server' } });
    await expect(missing).rejects.toThrow('SAMPLE_SERVER_BIN does not name an executable file.');
    expect(downloads).toEqual([]);
  });

  test('takes the one on PATH', async () => {
    const found = script(join(directory, 'some', NAME), 'echo found');
    const PATH = ['/nowhere', join(directory, 'some')].join(delimiter);
    expect(await obtainProgram(source, { cacheDirectory, environment: { PATH } })).toBe(found);
  });

  test('gets the release, and the next time takes it from the cache', async () => {
    const options = { cacheDirectory, environment: {} };
    const got = await obtainProgram(source, options);
    expect((await run(got, [])).stdout).toBe('released\n');
    const asked = downloads.length;
    expect(await obtainProgram(source, options)).toBe(got);
    expect(downloads).toHaveLength(asked);
    expect(readdirSync(cacheDirectory)).toEqual([`${NAME}-1`]);
  });

  test('two concurrent calls each get a complete program, and one remains', async () => {
    const options = { cacheDirectory, environment: {} };
    const [one, other] = await Promise.all([obtainProgram(source, options), obtainProgram(source, options)]);
    expect(one).toBe(other);
    expect((await run(one, [])).stdout).toBe('released\n');
    expect(readdirSync(cacheDirectory)).toEqual([`${NAME}-1`]);
  });

  test('a wrong checksum leads to the system’s packages, and nothing of the archive is kept', async () => {
    const place = '"$3/usr/sbin"';
    const got = await obtainElsewhere(wrong(), {
      'apt-get': 'test "$1 $2" = "download sample-server-package" && touch sample_1.deb',
      'dpkg-deb': `mkdir -p ${place} && printf '#!/bin/sh\\necho packaged\\n' > ${place}/${NAME}`,
      brew: `mkdir -p ${directory}/brewed/bin && printf '#!/bin/sh\\necho packaged\\n' > ${directory}/brewed/bin/${NAME} && chmod +x ${directory}/brewed/bin/${NAME} && echo ${directory}/brewed`,
    });
    expect((await run(got, [])).stdout).toBe('packaged\n');
    expect(readdirSync(cacheDirectory)).not.toContain(`${NAME}-1`);
  });

  test('a packaged program that lacks a library runs with the one out of its package', async () => {
    const library = '"$3/usr/lib"';
    const got = await obtainElsewhere(wrong(), {
      'apt-get': 'test "$2" != libmissing2 && touch "$2.deb"',
      // The name that the package has been given since times have 64 bits.
      'dpkg-deb': `case "$2" in
          *libmissing2t64.deb) mkdir -p ${library} && echo 'the library' > ${library}/libmissing.so.2 ;;
          *) mkdir -p "$3/etc" "$3/usr/bin" && echo settings > "$3/etc/${NAME}"
            printf '#!/bin/sh\\ncat "$LD_LIBRARY_PATH/libmissing.so.2"\\n' > "$3/usr/bin/program" && ln -s program "$3/usr/bin/${NAME}" ;;
        esac`,
      brew: `mkdir -p ${directory}/brewed/bin && printf '#!/bin/sh\\necho the library\\n' > ${directory}/brewed/bin/${NAME} && chmod +x ${directory}/brewed/bin/${NAME} && echo ${directory}/brewed`,
      ldd: 'test -e "$LD_LIBRARY_PATH/libmissing.so.2" || echo "	libmissing.so.2 => not found"',
    });
    expect((await run(got, [])).stdout).toBe('the library\n');
  });

  test('when every way fails, the error names each with its reason, and the remedies', async () => {
    const fakes = { 'apt-get': 'echo "E: no network" >&2; exit 100', brew: 'echo "no network" >&2; exit 1' };
    const said = await obtainElsewhere(wrong(), fakes);
    expect(said).toContain(`Cannot find or install ${NAME}`);
    expect(said).toMatch(/its official release: the archive's SHA-256 is [0-9a-f]{64}, not 0{64}/);
    expect(said).toMatch(process.platform === 'darwin' ? /Homebrew: / : /the system’s packages: /);
    expect(said).toContain('apt-get install sample-server-package');
    expect(said).toContain('SAMPLE_SERVER_BIN');
    expect(readdirSync(cacheDirectory)).toEqual([]);
  });

  test('reports the status of a missing release', async () => {
    const absent = { ...source, release: { url: `${source.release?.url}.gone`, sha256: '' } };
    expect(await obtainElsewhere(absent, { 'apt-get': 'exit 100', brew: 'exit 1' })).toContain(
      'its official release: the server answered 404',
    );
  });
});

test('rejects a program that is not a nats-server, with its path', async () => {
  await expect(natsServerVersion('/bin/ls')).rejects.toThrow('/bin/ls is not a nats-server.');
  expect(await natsServerVersion(process.env['NATS_SERVER_BIN'] ?? 'nats-server')).toMatch(/^nats-server/);
});
