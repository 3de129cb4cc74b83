import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openDatabase, type Database } from '@mono/platform';
import { Client } from 'pg';
import { startChild } from '../../../../test/support/child.ts';
import { until } from '../../../../test/support/until.ts';
import { EmbeddedPostgres } from './embedded-postgres.js';
import type { AccountMode } from './postgres-account.js';

// Only the owner can enter directories of mkdtemp: as root, no other account can.
const isRoot = process.getuid?.() === 0;
const modes: AccountMode[] = isRoot ? ['namespace', 'other'] : ['self'];
if (!isRoot)
  process.stdout.write(
    'skipped: PostgreSQL run by root in a namespace or by another account, since this is not root\n',
  );

function openNotes(server: EmbeddedPostgres): Promise<Database> {
  const { url } = server;
  return openDatabase({ module: 'notes', url, server, poolSize: 2, statementTimeoutMs: 60_000, migrations: [] });
}

async function countNotes(database: Database): Promise<number> {
  const [row] = await database.query<{ count: string }>('SELECT count(*) FROM notes.note');
  return Number(row?.count);
}

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
    // Another account uses its own directory with a copy of the binaries; all others use DATA_DIR.
    if (mode === 'other') await rm(dirname(postgres.directory), { recursive: true, force: true });
  });

  test('starts in an empty directory, and only its owner can read its password', async () => {
    await postgres.ensureRunning();
    expect(await ask(postgres.url)).toBe(42);
    expect(statSync(join(dataDirectory, 'postgres.json')).mode & 0o777).toBe(0o600);
  });

  test('another instance adopts it on the same port', async () => {
    const other = await EmbeddedPostgres.in(dataDirectory, mode);
    expect(await other.isRunning()).toBe(true);
    await other.ensureRunning();
    expect(other.url).toBe(postgres.url);
  });

  test('stops, reports it, and starts again with its data', async () => {
    await postgres.stop();
    expect(await postgres.isRunning()).toBe(false);
    await postgres.ensureRunning();
    expect(await ask(postgres.url)).toBe(42);
  });

  const cluster = (...path: string[]): string => join(postgres.directory, 'cluster', ...path);
  const pid = (): number => Number.parseInt(readFileSync(cluster('postmaster.pid'), 'utf8'), 10);

  test('restarts on the same port after kill -9', async () => {
    const { url } = postgres;
    const killed = pid();
    process.kill(killed, 'SIGKILL');
    await postgres.ensureRunning();
    expect([postgres.url, await ask(url)]).toEqual([url, 42]);
    expect(pid()).not.toBe(killed);
  });

  test('adopts neither a process that reuses the pid nor a zombie', async () => {
    await postgres.stop();
    // exec replaces the shell by a program that does not wait for its child, which stays a zombie.
    const script = `cd ${cluster()} && { sleep 0 & echo $!; exec sleep 600; }`;
    const parent = startChild('sh', ['-c', script]);
    try {
      const child = await until('the pid of the child is known', () => Number.parseInt(parent.output(), 10));
      for (const stale of [child, parent.pid]) {
        const seconds = Math.floor(Date.now() / 1_000);
        writeFileSync(cluster('postmaster.pid'), [stale, cluster(), seconds, 1, '', '127.0.0.1', '', ''].join('\n'));
        await postgres.ensureRunning();
        expect(await ask(postgres.url)).toBe(42);
        await postgres.stop();
      }
      expect(parent.ended()).toBeUndefined();
    } finally {
      await parent.kill('SIGKILL');
    }
    await postgres.ensureRunning();
  });

  test('logs no user data', async () => {
    const database = await openNotes(postgres);
    try {
      await database.query('CREATE SCHEMA notes');
      await database.query('CREATE TABLE notes.note (id int PRIMARY KEY, title text UNIQUE)');
      await database.query(`INSERT INTO notes.note VALUES (1, 'marker one'), (2, 'marker two')`);
      const statements = [
        `INSERT INTO notes.note VALUES (3, 'marker one')`,
        `SELECT 'marker'::uuid`,
        `SET statement_timeout = 1; SELECT pg_sleep(60), 'marker'`,
      ];
      for (const statement of statements) await expect(database.query(statement)).rejects.toBeDefined();
      const touch = (order: [number, number]): Promise<void> =>
        database.transaction(async (transaction) => {
          await transaction.query('SET LOCAL statement_timeout = 0');
          for (const id of order) {
            await transaction.query(`UPDATE notes.note SET title = title || ' marker' WHERE id = ${id}`);
            await until('both hold a connection', () => (held.add(order[0]), held.size === 2));
          }
        });
      const held = new Set<number>();
      const ends = await Promise.allSettled([touch([1, 2]), touch([2, 1])]);
      expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    } finally {
      await database.dataSource.destroy();
    }
    const logs = [
      postgres.logs.startFile,
      ...readdirSync(postgres.logs.directory).map((name) => join(postgres.logs.directory, name)),
    ];
    const text = logs.map((file) => readFileSync(file, 'utf8')).join('');
    expect(text).toContain('ready to accept connections');
    expect(text).not.toContain('marker');
  });

  test('running nodes find it on another port, and reject the server of another directory', async () => {
    const database = await openNotes(postgres);
    const { port } = new URL(postgres.url);
    await postgres.stop();
    const taker = createServer((socket) => socket.destroy());
    await new Promise<void>((done) => {
      taker.listen(Number(port), '127.0.0.1', done);
    });
    try {
      await expect(countNotes(database)).rejects.toMatchObject({ code: 'unavailable' });
      await postgres.ensureRunning();
      expect(new URL(postgres.url).port).not.toBe(port);
      expect(await countNotes(database)).toBe(2);
    } finally {
      taker.close();
      await database.dataSource.destroy();
    }
  });

  test('a copy has its own server and receives no writes', async () => {
    // Another account keeps the database outside of the data directory, so that a copy has none.
    if (mode === 'other') return;
    const database = await openNotes(postgres);
    const [running, { url }] = [pid(), postgres];
    const directory = await mkdtemp(join(tmpdir(), 'mono-embedded-pg-copy-'));
    await database.query('CHECKPOINT');
    await cp(dataDirectory, directory, { recursive: true });
    const copy = await EmbeddedPostgres.in(directory, mode);
    let written = await countNotes(database);
    const before = written;
    const over = new AbortController();
    const writing = (async () => {
      for (; !over.signal.aborted; written += 1)
        await database.query(`INSERT INTO notes.note VALUES (${written + 1}, '${written}')`);
    })();
    try {
      expect(await copy.isRunning()).toBe(false);
      await copy.stop();
      await copy.ensureRunning();
      await until('more is written', () => written > before + 20);
      expect([pid(), postgres.url, copy.relocated, postgres.relocated]).toEqual([running, url, true, false]);
      const [own, others] = [new URL(url), new URL(copy.url)];
      expect([others.port, others.password]).not.toEqual([own.port, own.password]);
      // The old password at the address of the copy, as if the copy had taken the port.
      own.port = others.port;
      await expect(ask(own.href)).rejects.toThrow(/password/);
      const misled = openDatabase({
        module: 'notes',
        url: copy.url,
        server: { url: copy.url, recognizes: (connection) => postgres.recognizes(connection) },
        poolSize: 1,
        statementTimeoutMs: 60_000,
        migrations: [],
      });
      await expect(misled).rejects.toThrow('another server uses its address');
      const inCopy = await openNotes(copy);
      expect(await countNotes(inCopy)).toBe(before);
      await inCopy.dataSource.destroy();
      await copy.stop();
      expect([await copy.isRunning(), await postgres.isRunning()]).toEqual([false, true]);
    } finally {
      over.abort();
      await writing;
      await copy.stop();
      await rm(directory, { recursive: true, force: true });
    }
    expect(await countNotes(database)).toBe(written);
    await database.dataSource.destroy();
  });

  test('creates the database if the starting node died before', async () => {
    const url = new URL(postgres.url);
    url.pathname = '/postgres';
    const client = new Client({ connectionString: url.href });
    await client.connect();
    await client.query('DROP DATABASE mono');
    await client.end();
    await postgres.ensureRunning();
    expect(await ask(postgres.url)).toBe(42);
  });

  test('recreates an incomplete cluster after a killed first start', async () => {
    await postgres.stop();
    const cluster = join(postgres.directory, 'cluster');
    rmSync(join(cluster, 'PG_VERSION'));
    rmSync(cluster, { recursive: true });
    writeFileSync(`${cluster}.partial`, 'left behind');
    await postgres.ensureRunning();
    expect(await ask(postgres.url)).toBe(42);
    expect(existsSync(`${cluster}.partial`)).toBe(false);
  });

  test('rejects data of another version with a remedy, and keeps it', async () => {
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
