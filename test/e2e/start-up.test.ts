// Instances of one checkout: they share embedded servers, which outlive each instance, restart after a crash, and stop with the
// last instance.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { ApiClient } from '../support/api-client.ts';
import { startChild, type Child } from '../support/child.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SERVER = join(ROOT, 'apps/server/dist/main.js');
const COMMAND_LINE = join(ROOT, 'apps/cli/dist/main.js');

const children: Child[] = [];

function environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], NATS_SERVER_BIN: process.env['NATS_SERVER_BIN'], LOG_LEVEL: 'warn', ...more };
}

/** Starts an instance in `directory`, with `data` as its DATA_DIR. */
function start(directory: string, env: Record<string, string> = {}): Child {
  const child = startChild(process.execPath, [SERVER], { cwd: directory, env: environment(env) });
  children.push(child);
  return child;
}

async function startAndListen(
  directory: string,
  env: Record<string, string> = {},
): Promise<{ child: Child; url: string }> {
  const child = start(directory, env);
  const url = await until('it prints its URL', () => {
    if (child.ended() !== undefined) throw new Error(child.output());
    return /Mono serves at {2}(\S+)[\s\S]*?\n\n/.exec(child.output())?.[1];
  });
  return { child, url };
}

async function startAndFail(directory: string, env: Record<string, string>): Promise<string> {
  const child = start(directory, env);
  await until('it ends', () => child.ended() !== undefined);
  expect([child.ended(), child.output()]).toEqual([1, expect.any(String)]);
  return child.output();
}

async function commandLine(directory: string, ...args: string[]): Promise<{ code: unknown; output: string }> {
  const child = startChild(process.execPath, [COMMAND_LINE, '--data-dir', join(directory, 'data'), ...args], {
    env: environment(),
  });
  children.push(child);
  await until('the command ends', () => child.ended() !== undefined);
  return { code: child.ended(), output: child.output() };
}

function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, 'utf8').split(' ').filter(Boolean).map(Number) : [];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch (error) {
    // Without /proc, the signal has shown that it is alive.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && process.platform !== 'linux';
  }
}

/** Workers of PostgreSQL may have ended. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function temporary(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'mono-start-up-'));
}

async function endChildren(): Promise<void> {
  await Promise.all(children.splice(0).map((child) => child.kill('SIGKILL')));
}

describe('instances that share a data directory', () => {
  let directory: string;
  let key: string;
  let first: { child: Child; url: string };
  let second: { child: Child; url: string };
  let third: { child: Child; url: string };

  beforeAll(async () => {
    directory = await temporary();
  });
  afterAll(async () => {
    await endChildren();
    await commandLine(directory, 'down', '--force');
    await rm(directory, { recursive: true, force: true });
  });

  const data = (...path: string[]): string => join(directory, 'data', ...path);
  const natsPid = (): number => Number(readFileSync(data('nats', 'nats.pid'), 'utf8'));
  const postgresPid = (): number => Number(/^\d+/.exec(readFileSync(data('postgres/cluster/postmaster.pid'), 'utf8')));

  async function lastCreated(): Promise<string | undefined> {
    const { port, password } = JSON.parse(readFileSync(data('nats.json'), 'utf8')) as {
      port: number;
      password: string;
    };
    const connection = await connect({ servers: `127.0.0.1:${port}`, user: 'mono', pass: password, reconnect: false });
    try {
      const { streams } = await jetstreamManager(connection);
      // By sequence: nats-server 2.9.10 dies on a request for the last message of a subject that its store has lost.
      const { last_seq: seq } = (await streams.info('EVENTS_TASKS')).state;
      const message = await streams.getMessage('EVENTS_TASKS', { seq });
      return message?.json<{ aggregate_id: string }>().aggregate_id;
    } finally {
      await connection.close();
    }
  }

  async function create(url: string, title: string): Promise<string> {
    const { status, body } = await new ApiClient(url, key).post<{ id: string }>('/v1/tasks', { title });
    expect(status).toBe(201);
    return body.id;
  }

  test('the first prints its URL and the file of a valid key', async () => {
    first = await startAndListen(directory);
    const output = first.child.output();
    expect(output).toContain(`Documentation   ${first.url}/docs`);
    expect(output).toMatch(/NATS {12}nats:\/\/127\.0\.0\.1:\d+\n/);
    const file = /API key {9}in the file (\S+)/.exec(output)?.[1] ?? '';
    expect(file).toBe(join(directory, 'data', 'first-api-key'));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    key = await readFile(file, 'utf8');
    expect(output).not.toContain(key);
    await rm(file);
    await create(first.url, 'With the first key');
    expect((await fetch(`${first.url}/docs`)).status).toBe(200);
  });

  test('the second joins it on another port and prints no key', async () => {
    second = await startAndListen(directory);
    expect(second.url).not.toBe(first.url);
    expect(second.child.output()).not.toContain('API key');
    const id = await create(first.url, 'Seen by both');
    expect((await new ApiClient(second.url, key).get(`/v1/tasks/${id}`)).status).toBe(200);
  });

  test('after kill -9 of the first, the second serves and a third joins', async () => {
    const servers = [natsPid(), postgresPid()];
    await first.child.kill('SIGKILL');
    await create(second.url, 'Without the first');
    third = await startAndListen(directory);
    await create(third.url, 'At the third');
    expect([natsPid(), postgresPid()]).toEqual(servers);
    expect(servers.map(isAlive)).toEqual([true, true]);
  });

  test('nats-server restarts after kill -9, and events from the outage arrive', async () => {
    const killed = natsPid();
    process.kill(killed, 'SIGKILL');
    const id = await create(second.url, 'While the bus is away');
    await until('another one runs', () => natsPid() !== killed && isAlive(natsPid()));
    await until('its event arrives', async () => (await lastCreated()) === id);
    expect(isAlive(killed)).toBe(false);
  });

  test('PostgreSQL restarts after kill -9, and running instances continue', async () => {
    const killed = postgresPid();
    process.kill(killed, 'SIGKILL');
    // Remaining processes of the killed server may serve for a moment.
    await until('another one runs', () => postgresPid() !== killed && isAlive(postgresPid()));
    await until('it serves again', async () => {
      const { status } = await new ApiClient(third.url, key).post('/v1/tasks', { title: 'After a crash' });
      return status === 201;
    });
    expect(isAlive(killed)).toBe(false);
  });

  test('a copy of the data directory is a separate installation and receives no writes', async () => {
    const copyDirectory = await temporary();
    const servers = [natsPid(), postgresPid()];
    // Stops all processes for a consistent copy, like a snapshot of the disk.
    const processes = [...servers, ...servers.flatMap(childrenOf)];
    for (const pid of processes) signal(pid, 'SIGSTOP');
    try {
      await cp(data(), join(copyDirectory, 'data'), { recursive: true });
    } finally {
      for (const pid of processes) signal(pid, 'SIGCONT');
    }
    const created: string[] = [];
    const over = new AbortController();
    const writing = (async () => {
      while (!over.signal.aborted) created.push(await create(second.url, `Beside a copy ${created.length}`));
    })();
    const copy = await startAndListen(copyDirectory);
    const enough = created.length + 20;
    await until('more is written', () => created.length > enough);
    over.abort();
    await writing;
    expect(copy.child.output()).toContain('Data directory copied or moved');
    expect([natsPid(), postgresPid()]).toEqual(servers);
    const statuses = (url: string): Promise<number[]> =>
      Promise.all(created.map(async (id) => (await new ApiClient(url, key).get(`/v1/tasks/${id}`)).status));
    expect(new Set(await statuses(third.url))).toEqual(new Set([200]));
    expect(new Set(await statuses(copy.url))).toEqual(new Set([404]));
    const refused = await commandLine(copyDirectory, 'down');
    expect(refused.output).toMatch(/^An instance runs/);
    expect(refused.output).toContain(copy.url);
    const ownServers = ['nats/nats.pid', 'postgres/cluster/postmaster.pid'].map((file) =>
      Number.parseInt(readFileSync(join(copyDirectory, 'data', file), 'utf8'), 10),
    );
    expect(await copy.child.stop()).toBe(0);
    await until('both of its servers are gone', () => !ownServers.some(isAlive));
    expect(servers.map(isAlive)).toEqual([true, true]);
    await rm(copyDirectory, { recursive: true, force: true });
  });

  test('the command line refuses to stop the servers of running instances', async () => {
    const { code, output } = await commandLine(directory, 'down');
    expect(code).toBe(1);
    expect(output).toMatch(/2 instances run/);
    expect(output).toContain(third.url);
    expect([natsPid(), postgresPid()].map(isAlive)).toEqual([true, true]);
  });

  test('the last instance stops both servers', async () => {
    const servers = [natsPid(), postgresPid()];
    expect(await second.child.stop()).toBe(0);
    expect(servers.map(isAlive)).toEqual([true, true]);
    await create(third.url, 'By the last');
    // Like systemd: to the process itself, and to the launcher, which forwards it.
    process.kill(third.child.pid, 'SIGTERM');
    expect(await third.child.stop()).toBe(0);
    await until('both are gone', () => !servers.some(isAlive));
    expect(readdirSync(data('instances'))).toEqual([]);
  });

  test('after kill -9 of the only instance, `down` stops the servers, and a new start has all data', async () => {
    const only = await startAndListen(directory);
    const id = await create(only.url, 'Outlives everything');
    const servers = [natsPid(), postgresPid()];
    await only.child.kill('SIGKILL');
    expect(servers.map(isAlive)).toEqual([true, true]);
    expect(await commandLine(directory, 'down')).toEqual({
      code: 0,
      output: expect.stringMatching(/NATS is stopped[\s\S]*PostgreSQL is stopped/),
    });
    await until('both are gone', () => !servers.some(isAlive));
    const again = await startAndListen(directory);
    expect((await new ApiClient(again.url, key).get(`/v1/tasks/${id}`)).status).toBe(200);
    expect(await again.child.stop()).toBe(0);
  });

  test('a configured port that is in use is an error with a remedy, and leaves no server running', async () => {
    const other = createServer();
    await new Promise<void>((done) => {
      other.listen(0, '127.0.0.1', done);
    });
    const { port } = other.address() as AddressInfo;
    try {
      const output = await startAndFail(directory, { PORT: String(port) });
      expect(output).toContain(`Port ${port} is in use.\nSet PORT to a free one`);
    } finally {
      await new Promise((done) => {
        other.close(done);
      });
    }
    expect((await commandLine(directory, 'down')).output).toMatch(
      /NATS was not running[\s\S]*PostgreSQL was not running/,
    );
  });

  test('keeps a database of another PostgreSQL version, and reports it', async () => {
    const file = data('postgres/cluster/PG_VERSION');
    const version = readFileSync(file, 'utf8');
    writeFileSync(file, '12\n');
    try {
      const output = await startAndFail(directory, { PORT: '0' });
      expect(output).toContain('The data directory was created by PostgreSQL 12, this is PostgreSQL');
      expect(output).toContain('move');
    } finally {
      writeFileSync(file, version);
    }
  });
});

describe('a failing start', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await temporary();
  });
  afterEach(async () => {
    await endChildren();
    await commandLine(directory, 'down', '--force');
    await rm(directory, { recursive: true, force: true });
  });

  test('lists every fault of the configuration by name, without values', async () => {
    const output = await startAndFail(directory, {
      PORT: 'seventy-thousand',
      APP_ENV: 'holiday',
      DATABASE_URL: 'mysql://root:hunter2@db.example/mono',
      LOG_LEVEL: 'shouting',
    });
    for (const name of ['PORT', 'APP_ENV', 'DATABASE_URL', 'LOG_LEVEL']) expect(output).toContain(name);
    for (const value of ['seventy-thousand', 'holiday', 'hunter2', 'shouting']) expect(output).not.toContain(value);
  });

  test('rejects a variable that resembles a setting, and starts nothing', async () => {
    const output = await startAndFail(directory, { DATABSE_URL: 'postgres://u:hunter2@db.example/mono' });
    expect(output).toContain('DATABSE_URL is not a setting. Did you mean DATABASE_URL?');
    expect(output).not.toContain('hunter2');
    expect(readdirSync(directory)).toEqual([]);
  });

  test('names settings that must be set together', async () => {
    const output = await startAndFail(directory, { METRICS_USER: 'somebody' });
    expect(output).toContain('METRICS_USER and METRICS_PASSWORD must be set together');
    expect(output).not.toContain('somebody');
  });

  test('names an unreadable file before it starts anything', async () => {
    const output = await startAndFail(directory, {
      NATS_URL: 'nats://127.0.0.1:1',
      BUS_SECRET: 'a secret of tests only',
      NATS_CREDS_FILE: join(directory, 'no.creds'),
    });
    expect(output).toContain(`NATS_CREDS_FILE names a file that cannot be read: ${join(directory, 'no.creds')}`);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('names misspelt settings of an .env file', async () => {
    writeFileSync(join(directory, '.env'), 'DATABSE_URL=postgres://u:hunter2@db.example/mono\n');
    mkdirSync(join(directory, 'data'));
    const output = await startAndFail(directory, {});
    expect(output).toContain('DATABSE_URL');
    expect(output).not.toContain('hunter2');
  });

  test('the command line reads DATA_DIR from an .env file, and changes nothing', async () => {
    writeFileSync(join(directory, '.env'), 'DATA_DIR=elsewhere\nDATABASE_URL=postgres://u:hunter2@db.example/mono\n');
    mkdirSync(join(directory, 'elsewhere'));
    const run = async (command: string): Promise<string> => {
      const child = startChild(process.execPath, [COMMAND_LINE, command], { cwd: directory, env: environment() });
      children.push(child);
      await until('the command ends', () => child.ended() !== undefined);
      return child.output();
    };
    const output = await run('doctor');
    expect(output).toContain(join(directory, 'elsewhere'));
    expect(output).toMatch(/ok {3}nats-server: v\d/);
    expect(output).toContain('DATABASE_URL is set');
    expect(output).not.toContain('hunter2');
    expect(await run('down')).toContain('This directory has no embedded servers');
    expect(readdirSync(directory).toSorted()).toEqual(['.env', 'elsewhere']);
  });

  test('names the host of an unreachable database without its password', async () => {
    const port = await freePort();
    const output = await startAndFail(directory, {
      DATABASE_URL: `postgres://mono:hunter2@127.0.0.1:${port}/mono`,
      NATS_URL: `nats://127.0.0.1:${port}`,
      BUS_SECRET: 'a secret of tests only',
      AUDIT_SECRET: 'a secret of tests only',
      SECRET_KEY: 'a secret of tests only and long enough',
    });
    expect(output).toContain(`The database at 127.0.0.1:${port} cannot be used`);
    expect(output).toContain('Check that PostgreSQL runs there');
    expect(output).not.toContain('hunter2');
  });
});
