// The package @mono/bus as a stranger gets it: packed, installed beside other releases of Nest 12, compiled, run.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { startNats, type NatsProcess } from '../support/nats-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const run = promisify(execFile);
const ROOT = process.cwd();
const NEST = ['@nestjs/common', '@nestjs/core', '@nestjs/microservices', '@nestjs/platform-fastify'] as const;
const UNREACHABLE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTCACHED|network/;

const README = readFileSync(resolve('libs/bus/README.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...README.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block = '']) => block);
const lines = (text: string): string[] => text.trim().split('\n').toSorted();

interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
  exports: Record<string, string | Record<string, string>>;
}
const manifestOf = (directory: string): Manifest =>
  JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;

async function npm(directory: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('npm', args, { cwd: directory, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

type Releases = Record<'oldest' | 'newest', Record<string, string>>;

/** The oldest release of Nest 12 that all its packages have, and the newest of each. */
async function findReleases(): Promise<Releases> {
  const lists = await Promise.all(
    NEST.map(async (name) => {
      const all = JSON.parse(await npm(ROOT, 'view', name, 'versions', '--json')) as string[];
      return all.filter((version) => /^12\.\d+\.\d+$/.test(version));
    }),
  );
  const oldest = lists[0]?.find((version) => lists.every((list) => list.includes(version))) ?? '';
  return {
    oldest: Object.fromEntries(NEST.map((name) => [name, oldest])),
    newest: Object.fromEntries(NEST.map((name, index) => [name, lists[index]?.at(-1) ?? ''])),
  };
}

async function filesOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

describe('the package @mono/bus', () => {
  let scratch: string;
  let tarball: string;
  let nats: NatsProcess;
  let database: TestDatabase;
  let releases: Promise<Releases> | undefined;

  beforeAll(async () => {
    nats = await startNats();
    // Outside of the checkout: what the package does not bring must not be found in ours.
    scratch = await mkdtemp(join(tmpdir(), 'mono-bus-package-'));
    tarball = await pack();
  });
  afterAll(async () => {
    await nats?.stop();
    await rm(scratch, { recursive: true, force: true });
  });
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database?.drop());

  /** From a copy: `npm pack` changes package.json for a moment, which other tests read. */
  async function pack(): Promise<string> {
    const copy = join(ROOT, 'node_modules/.cache/mono', basename(scratch));
    try {
      await mkdir(copy, { recursive: true });
      for (const file of ['LICENSE', 'tsconfig.base.json', 'libs/bus'])
        await cp(join(ROOT, file), join(copy, file), {
          recursive: true,
          filter: (path) => !['dist', 'node_modules'].includes(basename(path)),
        });
      const said = await npm(join(copy, 'libs/bus'), 'pack', '--silent', '--pack-destination', scratch);
      expect(manifestOf(join(copy, 'libs/bus')).devDependencies).toBeDefined();
      return join(scratch, said.trim().split('\n').at(-1) ?? '');
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  }

  async function install(versions: Readonly<Record<string, string>>): Promise<string> {
    const project = await mkdtemp(join(scratch, 'shop-'));
    const { devDependencies: own } = manifestOf(join(ROOT, 'libs/bus'));
    const others = ['@types/pg', 'class-validator', 'pg', 'reflect-metadata', 'rxjs'];
    const dependencies = {
      '@mono/bus': `file:${tarball}`,
      '@types/node': manifestOf(ROOT).optionalDependencies['@types/node'],
      ...Object.fromEntries(others.map((name) => [name, own[name]])),
      ...versions,
    };
    await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'shop', type: 'module', dependencies }));
    await npm(project, 'install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts');
    return project;
  }

  test('has code, types and license, and nothing that leads out of it', async () => {
    await run('tar', ['-xzf', tarball, '-C', scratch]);
    const directory = join(scratch, 'package');
    const files = (await filesOf(directory)).map((file) => file.slice(directory.length + 1));
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json', 'dist/src/index.d.ts']));
    const code = /^dist\/src\/.*(?<!\.test)\.(?:js|d\.ts)$/;
    const others = files.filter((file) => !code.test(file) && !/^decisions\/.*\.md$/.test(file));
    expect(others.toSorted()).toEqual(['LICENSE', 'README.md', 'package.json']);
    for (const file of files.filter((each) => code.test(each)))
      expect(readFileSync(join(directory, file), 'utf8')).not.toContain('sourceMappingURL');
    for (const targets of Object.values(manifestOf(directory).exports))
      for (const target of typeof targets === 'string' ? [targets] : Object.values(targets))
        expect(existsSync(join(directory, target))).toBe(true);
  });

  test.each(['oldest', 'newest'] as const)('works beside the %s Nest 12', async (which) => {
    const { dependencies: ours } = manifestOf(ROOT);
    let project: string;
    try {
      const versions = (await (releases ??= findReleases()))[which];
      if (NEST.every((name) => versions[name] === ours[name])) {
        process.stdout.write(`skipped: the ${which} Nest 12, since all other tests run with it\n`);
        return;
      }
      project = await install(versions);
    } catch (error) {
      const { stderr = '' } = error as { stderr?: string };
      if (!UNREACHABLE.test(stderr)) throw error;
      process.stdout.write(`skipped: the ${which} Nest 12, since the npm registry cannot be reached\n`);
      return;
    }

    const installed = await filesOf(join(project, 'node_modules'));
    for (const name of [...NEST, 'rxjs', 'reflect-metadata', 'class-validator'])
      expect(installed.filter((file) => file.endsWith(`node_modules/${name}/package.json`))).toHaveLength(1);

    await writeFile(join(project, 'shop.ts'), blocks('ts').join('\n'));
    const compilerOptions = {
      strict: true,
      skipLibCheck: false,
      target: 'ES2022',
      module: 'NodeNext',
      types: ['node'],
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    };
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['shop.ts'] }));
    const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
    const faults = await run(process.execPath, [compiler, '-p', project]).then(
      () => '',
      (error: unknown) => (error as { stdout: string }).stdout,
    );
    expect(faults).toBe('');

    const env = { PATH: process.env['PATH'], NATS_URL: nats.url, DATABASE_URL: database.url };
    const { stdout } = await run(process.execPath, ['shop.js'], { cwd: project, env, timeout: 300_000 });
    expect(lines(stdout)).toEqual(lines(blocks('text').join('')));
  });
});
