import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { until } from '../../../../test/support/until.ts';
import { BusConnection } from '@mono/bus';
import { processStartTime } from '../host/process-lock.js';
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

const silent = { debug() {}, info() {}, warn() {}, error() {} };

describe('the embedded NATS', () => {
  let dataDirectory: string;
  let nats: EmbeddedNats;
  let starts = 0;

  function open(directory = dataDirectory): EmbeddedNats {
    return new EmbeddedNats({
      dataDirectory: directory,
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

  test('starts with JetStream, and only its owner can read its password', async () => {
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

  test('another instance joins it and does not start it again', async () => {
    const running = pid();
    const other = open();
    await other.ensureRunning();
    expect([other.url, pid(), starts]).toEqual([nats.url, running, 1]);
  });

  test('restarts on the same port with its streams after kill -9', async () => {
    const { url } = nats;
    process.kill(pid(), 'SIGKILL');
    await until('it has ended', async () => !(await nats.isRunning()));
    await nats.ensureRunning();
    expect(nats.url).toBe(url);
    expect(await streamNames(url)).toEqual(['KEPT']);
  });

  test('a hanging server is replaced', async () => {
    const hung = pid();
    process.kill(hung, 'SIGSTOP');
    // A stopped process receives SIGTERM only when it continues, so that SIGKILL has to end it.
    await nats.ensureRunning();
    expect(pid()).not.toBe(hung);
    expect(await nats.isRunning()).toBe(true);
  });

  test('a copy has its own server, which rejects nodes of the original', async () => {
    const [running, { url }] = [pid(), nats];
    const directory = await mkdtemp(join(tmpdir(), 'mono-embedded-nats-copy-'));
    await cp(dataDirectory, directory, { recursive: true });
    const copy = open(directory);
    const complaints: unknown[] = [];
    const warn = (facts: { err?: Error }): void => void complaints.push(facts.err?.message);
    let misled: BusConnection | undefined;
    try {
      expect(await copy.isRunning()).toBe(false);
      await copy.stop();
      await copy.ensureRunning();
      expect([copy.relocated, nats.relocated, pid(), nats.url]).toEqual([true, false, running, url]);
      expect(await streamNames(copy.url)).toEqual(['KEPT']);
      const [own, others] = [new URL(url), new URL(copy.url)];
      expect([others.port, others.password]).not.toEqual([own.port, own.password]);
      const { port } = others;
      const refused = connect({ servers: `127.0.0.1:${port}`, user: 'mono', pass: own.password, reconnect: false });
      await expect(refused).rejects.toThrow(/authorization/i);
      misled = new BusConnection({
        url: copy.url,
        serverName: () => nats.serverName,
        name: 'misled',
        logger: { ...silent, warn },
      });
      misled.start();
      await until('the connection is refused', () => complaints.length > 0);
      expect([complaints, misled.connected]).toEqual([['Another NATS server uses this address.'], false]);
      await copy.stop();
      expect(await nats.isRunning()).toBe(true);
    } finally {
      await misled?.close();
      await copy.stop();
      await rm(directory, { recursive: true, force: true });
    }
  });

  test('a running node finds it on another port', async () => {
    const node = new BusConnection({ url: () => nats.url, name: 'test', logger: silent });
    const connections = new Set<unknown>();
    node.onConnected((connection) => connections.add(connection));
    node.start();
    await until('it is connected', () => node.connected);
    const { port } = new URL(nats.url);
    await nats.stop();
    const taker = createServer((socket) => socket.destroy());
    await new Promise<void>((done) => {
      taker.listen(Number(port), '127.0.0.1', done);
    });
    try {
      await nats.ensureRunning();
      expect(new URL(nats.url).port).not.toBe(port);
      await until('it is connected again', () => node.connected);
      expect(connections.size).toBe(2);
    } finally {
      taker.close();
      await node.close();
    }
  });

  test('stops, and a second stop has no effect', async () => {
    await nats.stop();
    await nats.stop();
    expect(await nats.isRunning()).toBe(false);
    expect(existsSync(join(dataDirectory, 'nats', 'nats.pid'))).toBe(false);
  });

  test('reports its log file if it cannot start', async () => {
    const broken = new EmbeddedNats({
      dataDirectory,
      configuration: resolve(import.meta.dirname, '../../../../nats.conf'),
      program: async () => '/bin/false',
    });
    await expect(broken.ensureRunning()).rejects.toThrow(/NATS did not start.*nats\.log/);
  });

  test('leaves no process behind if the started server does not answer', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'mono-embedded-nats-silent-'));
    const program = join(directory, 'silent-server');
    const script = `#!/bin/sh
[ "$1" = -c ] || exit 0
echo $$ > "${directory}/pid"
exec sleep 600
`;
    writeFileSync(program, script, { mode: 0o755 });
    const silentServer = new EmbeddedNats({
      dataDirectory: directory,
      configuration: resolve(import.meta.dirname, '../../../../nats.conf'),
      program: () => Promise.resolve(program),
      startTimeoutMs: 2_000,
    });
    const started = (): number => Number(readFileSync(join(directory, 'pid'), 'utf8'));
    try {
      await expect(silentServer.ensureRunning()).rejects.toThrow('NATS did not start: it does not answer');
      expect(processStartTime(started())).toBeUndefined();
    } finally {
      if (processStartTime(started()) !== undefined) process.kill(started(), 'SIGKILL');
      await rm(directory, { recursive: true, force: true });
    }
  });
});
