// The JetStream store as the server reports it, and on a real server with a full store.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { EmbeddedNats } from './embedded-nats.js';
import { hasOutgrown, jetStreamStore, shareOfDisk } from './jetstream-store.js';

async function reported(listener: RequestListener, timeoutMs = 30_000): Promise<unknown> {
  const server = createServer(listener);
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  try {
    return await jetStreamStore((server.address() as AddressInfo).port, timeoutMs);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function connected<T>(url: string, work: (connection: NatsConnection) => Promise<T>): Promise<T> {
  const { host, username, password } = new URL(url);
  const connection = await connect({ servers: host, user: username, pass: password });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

test.each([
  ['serves', { disabled: false, storage: 5, config: { max_storage: 10 } }, { usedBytes: 5, limitBytes: 10 }],
  ['has disabled JetStream', { disabled: true, storage: 0, config: {} }, undefined],
  ['has no JetStream', { disabled: true }, undefined],
])('a server that %s', async (_state, report, expected) => {
  expect(await reported((_request, response) => void response.end(JSON.stringify(report)))).toEqual(expected);
});

test('a server whose store hangs does not serve', async () => {
  expect(await reported(() => undefined, 300)).toBeUndefined();
});

test('a store has outgrown its limit if it is nearly full and the disk has space', async () => {
  const share = await shareOfDisk(tmpdir(), 0);
  const full = Math.floor(share / 4);
  expect(await hasOutgrown({ usedBytes: full, limitBytes: full }, tmpdir())).toBe(true);
  expect(await hasOutgrown({ usedBytes: full / 2, limitBytes: full }, tmpdir())).toBe(false);
  expect(await hasOutgrown({ usedBytes: share * 40, limitBytes: share * 40 }, tmpdir())).toBe(false);
  expect(await shareOfDisk(join(tmpdir(), 'not', 'there', 'yet'), 0)).toBeGreaterThan(0);
});

test('a server with a full store accepts messages after a restart with more space', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'mono-nats-store-'));
  const open = (maxStoreBytes?: number): EmbeddedNats =>
    new EmbeddedNats({
      dataDirectory,
      configuration: resolve(import.meta.dirname, '../../../../nats.conf'),
      program: () => Promise.resolve(process.env['NATS_SERVER_BIN'] ?? 'nats-server'),
      server: { maxStoreBytes, domain: 'hub' },
    });
  const bounded = open(1_048_576);
  const free = open();
  const publish = (count: number): Promise<void> =>
    connected(bounded.url, async (connection) => {
      for (let n = 0; n < count; n += 1) await jetstream(connection).publish('s', new Uint8Array(100_000));
    });
  try {
    await bounded.ensureRunning();
    await connected(bounded.url, async (connection) =>
      (await jetstreamManager(connection)).streams.add({ name: 'S', subjects: ['s'] }),
    );
    await expect(publish(20)).rejects.toThrow(/resources/);
    const store = await bounded.store();
    expect(store?.limitBytes).toBe(1_048_576);
    expect(store?.usedBytes).toBeGreaterThan(900_000);
    expect(await bounded.isRunning()).toBe(true);
    // The limit was configured.
    expect(await bounded.isOutdated()).toBeUndefined();
    expect(await free.isOutdated()).toMatch(/more room/);
    await free.stop();
    await free.ensureRunning();
    expect(await free.isOutdated()).toBeUndefined();
    await publish(1);
    const account = connected(free.url, async (connection) => (await jetstreamManager(connection)).getAccountInfo());
    expect((await account).domain).toBe('hub');
  } finally {
    await free.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  }
});
