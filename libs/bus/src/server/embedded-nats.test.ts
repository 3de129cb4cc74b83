import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { until } from '../../../../test/support/until.ts';
import { EmbeddedNats } from './embedded-nats.js';

async function connected<T>(url: string, work: (streams: JetStreamManager['streams']) => Promise<T>): Promise<T> {
  const { host, username, password } = new URL(url);
  const connection = await connect({ servers: host, user: username, pass: password });
  try {
    return await work((await jetstreamManager(connection)).streams);
  } finally {
    await connection.close();
  }
}

function addStream(url: string): Promise<unknown> {
  return connected(url, (streams) => streams.add({ name: 'KEPT', subjects: ['kept'] }));
}

function streamNames(url: string): Promise<string[]> {
  return connected(url, async (streams) => {
    const names = [];
    for await (const name of streams.names()) names.push(name);
    return names;
  });
}

describe('the embedded NATS', () => {
  let dataDirectory: string;
  let nats: EmbeddedNats;
  let starts = 0;

  function open(): EmbeddedNats {
    return new EmbeddedNats({
      dataDirectory,
      configuration: resolve(import.meta.dirname, '../../../../nats.conf'),
      program: async () => {
        starts += 1;
        return process.env['NATS_SERVER_BIN'] ?? 'nats-server';
      },
    });
  }
  const pid = (): number => Number(readFileSync(join(dataDirectory, 'nats', 'nats.pid'), 'utf8'));

  beforeAll(async () => {
    dataDirectory = await mkdtemp(join(tmpdir(), 'mono-embedded-nats-'));
    nats = open();
  });
  afterAll(async () => {
    await nats?.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  });

  test('starts with JetStream, and its password is readable by its owner alone', async () => {
    expect(await nats.isRunning()).toBe(false);
    await nats.ensureRunning();
    await addStream(nats.url);
    expect(await streamNames(nats.url)).toEqual(['KEPT']);
    expect(statSync(join(dataDirectory, 'nats.json')).mode & 0o777).toBe(0o600);
    const { host } = new URL(nats.url);
    await expect(connect({ servers: host, user: 'mono', pass: 'wrong', reconnect: false })).rejects.toThrow(
      /authorization/i,
    );
  });

  test('is joined, not started again, by another instance', async () => {
    const running = pid();
    const other = open();
    await other.ensureRunning();
    expect([other.url, pid(), starts]).toEqual([nats.url, running, 1]);
  });

  test('after kill -9 it comes back on the same port, with its streams', async () => {
    const { url } = nats;
    process.kill(pid(), 'SIGKILL');
    await until('it is gone', async () => !(await nats.isRunning()));
    await nats.ensureRunning();
    expect(nats.url).toBe(url);
    expect(await streamNames(url)).toEqual(['KEPT']);
  });

  test('one that hangs is replaced', async () => {
    const hung = pid();
    process.kill(hung, 'SIGSTOP');
    // A stopped process hears SIGTERM only when it goes on: SIGKILL is what ends it.
    await nats.ensureRunning();
    expect(pid()).not.toBe(hung);
    expect(await nats.isRunning()).toBe(true);
  });

  test('stops, and stopping again does no harm', async () => {
    await nats.stop();
    await nats.stop();
    expect(await nats.isRunning()).toBe(false);
    expect(existsSync(join(dataDirectory, 'nats', 'nats.pid'))).toBe(false);
  });

  test('says where its log is when it cannot start', async () => {
    const broken = new EmbeddedNats({
      dataDirectory,
      configuration: '/dev/null',
      program: async () => '/bin/false',
    });
    await expect(broken.ensureRunning()).rejects.toThrow(/NATS did not start.*nats\.log/);
  });
});
