// Properties of single backends: the owner of the tables, and rejected servers.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { makeCertificate } from '../../../../test/support/certificate.ts';
import { createModuleRole, type ModuleRole } from '../../../../test/support/module-role.ts';
import { startRedis, type RedisOptions, type RedisProcess } from '../../../../test/support/redis-process.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.ts';
import { StartUpError } from '@mono/embedded/start-up-error';
import { OccasionalLog } from './occasional-log.js';
import { JOBS_SCHEMA, migrateJobs, PostgresBackend } from './postgres-backend.js';
import { RedisBackend } from './redis-backend.js';

const POOL = { poolSize: 2, statementTimeoutMs: 10_000 };

async function queryAs(url: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

describe('jobs in PostgreSQL', () => {
  let place: TestDatabase;
  const roles: ModuleRole[] = [];

  beforeEach(async () => {
    place = await createTestDatabase();
  });
  afterEach(async () => {
    await place.drop();
    for (const role of roles.splice(0)) await role.drop();
  });

  async function roleOf(schema: string): Promise<string> {
    const role = await createModuleRole(place.url, schema);
    roles.push(role);
    return role.url;
  }

  test('concurrent nodes create the schema once', async () => {
    await Promise.all([1, 2, 3].map(() => migrateJobs(place.url)));
    const versions = `SELECT count(*)::int AS n, count(DISTINCT version)::int AS distinct FROM ${JOBS_SCHEMA}.migration`;
    const [before] = await queryAs(place.url, versions);
    await migrateJobs(place.url);
    expect(await queryAs(place.url, versions)).toEqual([before]);
  });

  test('the role of the platform owns the tables; roles of modules have no access', async () => {
    const platform = await roleOf('platform');
    const tasks = await roleOf('tasks');
    const backend = new PostgresBackend({ url: platform, ...POOL });
    await backend.open(1);
    const queue = backend.makeQueue('baking');
    await queue.add('bake', { id: '1', key: 'rye', payload: 'secret of the bakery' });
    expect(await queue.getJobCounts('waiting')).toEqual({ waiting: 1 });
    await queue.close();
    await backend.close();
    for (const forbidden of [`DELETE FROM ${JOBS_SCHEMA}.job`, `SELECT ${JOBS_SCHEMA}.next_job_id('baking')`]) {
      await expect(queryAs(tasks, forbidden)).rejects.toThrow('permission denied for schema');
    }
    await expect(queryAs(tasks, `SELECT data FROM ${JOBS_SCHEMA}.job`)).rejects.toThrow('permission denied for schema');
  });

  test('a role that may not create the schema gets an error without the password', async () => {
    const url = new URL(await roleOf('tasks'));
    await queryAs(place.url, `REVOKE CREATE ON DATABASE "${url.pathname.slice(1)}" FROM PUBLIC, "${url.username}"`);
    const refused = await migrateJobs(url.href).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StartUpError);
    expect(refused).toMatchObject({ message: expect.stringContaining('42501') });
    expect(`${(refused as StartUpError).message} ${(refused as StartUpError).remedy}`).not.toContain(url.password);
  });
});

describe('jobs in Redis', () => {
  let redis: RedisProcess | undefined;
  let directory: string;
  const told: unknown[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mono-test-redis-tls-'));
    told.length = 0;
  });
  afterEach(async () => {
    await redis?.stop();
    redis = undefined;
    await rm(directory, { recursive: true, force: true });
  });

  async function start(options?: RedisOptions): Promise<string> {
    redis = await startRedis(options);
    return redis.url;
  }

  function backendAt(url: string, certificateAuthority?: string): RedisBackend {
    const troubles = new OccasionalLog({ log: (facts) => told.push(facts) });
    return new RedisBackend({ url, certificateAuthority, troubles });
  }

  /** The complete text of the refusal. */
  async function refusalOf(backend: RedisBackend): Promise<string> {
    const refused = await backend.open().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(StartUpError);
    const { message, remedy } = refused as StartUpError;
    const lines = told.map((facts) => JSON.stringify(Object.entries((facts as { err: Error }).err)));
    return [message, remedy, ...lines].join('\n');
  }

  test('rejects a server that evicts keys', async () => {
    const url = await start({ evictionPolicy: 'allkeys-lru' });
    const said = await refusalOf(backendAt(url));
    expect(said).toContain('allkeys-lru');
    expect(said).toContain('noeviction');
    expect(said).not.toContain(new URL(url).password);
  });

  test('rejects a wrong password without showing it', async () => {
    const url = new URL(await start());
    url.password = 'guessed-and-wrong';
    const said = await refusalOf(backendAt(url.href));
    expect(said).toMatch(new RegExp(`Redis at ${url.host} cannot be used \\(WRONGPASS\\)`));
    expect(said).not.toContain('guessed-and-wrong');
  });

  test('names an unreachable server', async () => {
    const { host, href } = new URL(await start());
    await redis?.kill('SIGKILL');
    expect(await refusalOf(backendAt(href))).toContain(`Redis at ${host} cannot be used`);
  });

  test('connects with TLS only to a server with a trusted CA', async () => {
    const { caFile, ...tls } = await makeCertificate(directory);
    const url = await start({ tls });
    expect(await refusalOf(backendAt(url))).toContain('cannot be used');
    const backend = backendAt(url, await readFile(caFile, 'utf8'));
    await backend.open();
    const queue = backend.makeQueue('baking');
    await queue.add('bake', { id: '1', key: 'rye', payload: 1 });
    expect(await queue.getJobCounts('waiting')).toEqual({ waiting: 1 });
    await queue.close();
    await backend.close();
  });
});
