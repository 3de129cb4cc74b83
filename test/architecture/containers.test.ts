// Keeps the container files valid where no Docker is at hand: a linter reads the Dockerfile, the Compose Specification's
// schema the Compose file; with the compose plugin on the machine, that reads it too.
import { execFile, spawnSync } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import formatsModule from 'ajv-formats';
import { validate } from 'dockerfile-utils';
import { parse } from 'yaml';

const run = promisify(execFile);
const ROOT = process.cwd();
const SECRETS = {
  POSTGRES_PASSWORD: 'a1',
  NATS_PASSWORD: 'a2',
  REDIS_PASSWORD: 'a3',
  BUS_SECRET: 'a4',
  AUDIT_SECRET: 'a5',
  SECRET_KEY: 'a6',
};

interface Service {
  image?: string;
  build?: { context: string; dockerfile: string };
  command?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: object;
}
interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
}

const readCompose = async () => parse(await readFile(join(ROOT, 'docker-compose.yml'), 'utf8')) as Compose;

describe('docker/Dockerfile', () => {
  let text: string;
  let stages: string[];

  beforeAll(async () => {
    text = await readFile(join(ROOT, 'docker/Dockerfile'), 'utf8');
    stages = text.split(/^(?=FROM )/m).slice(1);
  });

  test('the linter finds nothing', () => {
    expect(validate(text).map(({ message, range }) => ({ line: range.start.line + 1, message }))).toEqual([]);
  });

  test('the linter sees a mistake', () => {
    expect(validate(`${text}\nRUM echo\n`)).toHaveLength(1);
  });

  test('the image is built in stages, runs as no root and says whether it is well', () => {
    const last = stages.at(-1) ?? '';
    expect(stages.length).toBeGreaterThan(1);
    expect(last).toMatch(/^USER (?!root\b|0\b)/m);
    expect(last).toMatch(/^HEALTHCHECK [\s\S]*\/healthz/m);
    expect(last).toMatch(/^CMD \["node",/m);
  });

  test('what it starts comes from this repository', () => {
    const [, entry = ''] = /^CMD \[.*"([^"]+\.js)"\]$/m.exec(text) ?? [];
    const source = entry.replace('/dist/', '/src/').replace(/\.js$/, '.ts');
    expect([source, existsSync(join(ROOT, source))]).toEqual([source, true]);
  });

  test('secrets and data stay out of the build', async () => {
    const ignored = (await readFile(join(ROOT, '.dockerignore'), 'utf8')).split('\n');
    for (const path of ['.env*', 'data', '.git', '**/node_modules']) expect(ignored).toContain(path);
  });
});

describe('docker-compose.yml', () => {
  let compose: Compose;

  beforeAll(async () => {
    compose = await readCompose();
  });

  test('it follows the Compose Specification', async () => {
    const schema = JSON.parse(
      await readFile(resolve(ROOT, 'test/support/compose-spec/compose-spec.json'), 'utf8'),
    ) as Record<string, unknown>;
    // The schema names its draft by an address that Ajv does not know; it is draft 7.
    delete schema['$schema'];
    const ajv = new Ajv({ strict: false, allErrors: true, formats: { duration: true } });
    formatsModule.default(ajv, ['uri']);
    const valid = ajv.compile(schema);
    valid(compose);
    expect(valid.errors ?? []).toEqual([]);
    expect(valid({ services: { mono: { imag: 'mono' } } })).toBe(false);
  });

  test('every service tells its health, and waits for the health of what it needs', () => {
    for (const [name, service] of Object.entries(compose.services)) {
      // The image of Mono brings its own HEALTHCHECK.
      expect([name, Boolean(service.healthcheck ?? service.build)]).toEqual([name, true]);
      for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
        expect(Object.keys(compose.services)).toContain(needed);
        expect(condition).toBe('service_healthy');
      }
    }
  });

  test('data is kept in named volumes, and mounted files exist', () => {
    const sources = Object.values(compose.services).flatMap(({ volumes = [] }) =>
      volumes.map((volume) => volume.split(':')[0] ?? ''),
    );
    const files = sources.filter((source) => source.startsWith('.'));
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
    const named = sources.filter((source) => !source.startsWith('.'));
    expect(new Set(named)).toEqual(new Set(Object.keys(compose.volumes)));
  });

  test('it holds no secret: each comes from the environment, and a password must be set', () => {
    const variables = Object.values(compose.services).flatMap(({ environment = {} }) => Object.entries(environment));
    const open = variables.filter(
      ([name, value]) =>
        (/PASSWORD|SECRET|KEY/.test(name) && !/^\$\{\w+:[?-]/.test(value)) ||
        (name.endsWith('_URL') && !/:\$\{\w+:\?[^}]*\}@|^\$\{\w+:[?-][^}]*\}$/.test(value)),
    );
    expect(open).toEqual([]);
  });

  test('its Dockerfile is there', () => {
    const { build } = compose.services['mono'] ?? {};
    expect(existsSync(join(ROOT, build?.context ?? '', build?.dockerfile ?? ''))).toBe(true);
  });

  const hasCompose = spawnSync('docker', ['compose', 'version']).status === 0;
  const there = hasCompose ? test : test.skip;
  there('docker compose reads it, and misses each secret', async () => {
    const config = ['compose', '--file', join(ROOT, 'docker-compose.yml'), 'config', '--quiet'];
    await run('docker', config, { env: { ...process.env, ...SECRETS } });
    for (const name of Object.keys(SECRETS)) {
      const without = run('docker', config, { env: { ...process.env, ...SECRETS, [name]: '' } });
      // oxlint-disable-next-line jest/no-standalone-expect -- `there` is `test`, where there is Docker Compose
      await expect(without).rejects.toThrow(/is not set/);
    }
  });

  test('nats.conf is understood with the environment that compose gives', async () => {
    const { services } = await readCompose();
    const given = Object.entries(services['nats']?.environment ?? {});
    const env = Object.fromEntries(given.map(([name, value]) => [name, value.startsWith('${') ? 'a2' : value]));
    const program = process.env['NATS_SERVER_BIN'] ?? 'nats-server';
    const directory = await mkdtemp(join(tmpdir(), 'mono-nats-conf-'));
    for (const file of ['nats.conf', 'docker/nats/clients.conf']) {
      await copyFile(join(ROOT, file), join(directory, basename(file)));
    }
    const configuration = join(directory, 'nats.conf');
    // Compose's server knows the setting; the one at hand may be older than 2.10.
    if (/v2\.\d\./.test((await run(program, ['--version'])).stdout)) {
      const text = await readFile(configuration, 'utf8');
      await writeFile(configuration, text.replace(/^ *sync_interval:.*\n/m, ''));
    }
    const check = ['-t', '-c', configuration];
    const { stderr } = await run(program, check, { env });
    expect(stderr).toContain('is valid');
    await expect(run(program, check, { env: { ...env, NATS_LISTEN: undefined } })).rejects.toThrow('NATS_LISTEN');
    await rm(directory, { recursive: true });
  });
});

test('images and actions are pinned by digest: a tag can be moved', async () => {
  const workflow = await readFile(join(ROOT, '.github/workflows/ci.yml'), 'utf8');
  const dockerfile = await readFile(join(ROOT, 'docker/Dockerfile'), 'utf8');
  const { services } = await readCompose();
  const actions = [...workflow.matchAll(/uses: (\S+)/g)].map(([, action]) => action);
  const images = [
    ...[...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image),
    ...Object.values(services).flatMap(({ image, build }) => (image === undefined || build ? [] : [image])),
  ];
  expect([actions.length, images.length]).toEqual([2, 5]);
  expect(actions.filter((action) => !/@[0-9a-f]{40}$/.test(action ?? ''))).toEqual([]);
  expect(images.filter((image) => !/@sha256:[0-9a-f]{64}$/.test(image ?? ''))).toEqual([]);
});
