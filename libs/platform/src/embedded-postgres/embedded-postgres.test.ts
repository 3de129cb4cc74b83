import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { EmbeddedPostgres } from './embedded-postgres.js';
import type { AccountMode } from './postgres-account.js';

// mkdtemp makes directories that only their owner may enter: as root, no other account can.
const isRoot = process.getuid?.() === 0;
const modes: AccountMode[] = isRoot ? ['namespace', 'other'] : ['self'];
if (!isRoot)
  process.stdout.write(
    'skipped: PostgreSQL run by root in a namespace or by another account, since this is not root\n',
  );

async function ask(url: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ answer: number }>('SELECT 42 AS answer')).rows[0]?.answer;
  } finally {
    await client.end();
  }
}

describe.each(modes)('the embedded PostgreSQL, run by: %s', (mode) => {
  let dataDirectory: string;
  let postgres: EmbeddedPostgres;

  beforeAll(async () => {
    dataDirectory = await mkdtemp(join(tmpdir(), 'mono-embedded-pg-'));
    postgres = await EmbeddedPostgres.in(dataDirectory, mode);
  });
  afterAll(async () => {
    await postgres.stop();
    await rm(dataDirectory, { recursive: true, force: true });
    // Another account has a place of its own, with a copy of the binaries; all others use DATA_DIR.
    if (mode === 'other') await rm(dirname(postgres.directory), { recursive: true, force: true });
  });

  test('starts from nothing, and its password is readable by its owner alone', async () => {
    await postgres.ensureRunning();
    expect(await ask(postgres.url)).toBe(42);
    expect(statSync(join(dataDirectory, 'postgres.json')).mode & 0o777).toBe(0o600);
  });

  test('is adopted by another instance, on the same port', async () => {
    const other = await EmbeddedPostgres.in(dataDirectory, mode);
    expect(await other.isRunning()).toBe(true);
    await other.ensureRunning();
    expect(other.url).toBe(postgres.url);
  });

  test('stops, says so, and starts again with its data', async () => {
    await postgres.stop();
    expect(await postgres.isRunning()).toBe(false);
    await postgres.ensureRunning();
    expect(await ask(postgres.url)).toBe(42);
  });

  test('started by somebody who died before he made the database, it gets one', async () => {
    const url = new URL(postgres.url);
    url.pathname = '/postgres';
    const client = new Client({ connectionString: url.href });
    await client.connect();
    await client.query('DROP DATABASE mono');
    await client.end();
    await postgres.ensureRunning();
    expect(await ask(postgres.url)).toBe(42);
  });

  test('a half-made cluster of a killed first start is made anew', async () => {
    await postgres.stop();
    const cluster = join(postgres.directory, 'cluster');
    rmSync(join(cluster, 'PG_VERSION'));
    rmSync(cluster, { recursive: true });
    writeFileSync(`${cluster}.partial`, 'left behind');
    await postgres.ensureRunning();
    expect(await ask(postgres.url)).toBe(42);
    expect(existsSync(`${cluster}.partial`)).toBe(false);
  });

  test('data of another version is refused with a remedy, and left alone', async () => {
    await postgres.stop();
    const version = join(postgres.directory, 'cluster', 'PG_VERSION');
    writeFileSync(version, '12\n');
    await expect(postgres.ensureRunning()).rejects.toMatchObject({
      name: 'StartUpError',
      message: expect.stringContaining('PostgreSQL 12') as string,
      remedy: expect.stringContaining('move') as string,
    });
    writeFileSync(version, '18\n');
  });
});
