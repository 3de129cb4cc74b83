import { createHash } from 'node:crypto';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { BusWorld } from '../testing/bus-world.js';
import type { BusConnection } from '../connection/bus-connection.js';
import { ObjectBucket } from './object-bucket.js';

const CHUNK = 64 * 1024;

describe('a bucket of objects', () => {
  let world: BusWorld;
  let connection: BusConnection;
  let bucket: ObjectBucket;

  beforeAll(async () => {
    world = await BusWorld.start();
    ({ connection } = (await world.node()).host);
    bucket = new ObjectBucket(connection, { name: 'files' });
  });
  afterAll(() => world?.end());

  async function read(name: string): Promise<Buffer> {
    const found = await bucket.get(name);
    return Buffer.from(await new Response(found?.content).arrayBuffer());
  }

  test('streams 20 MiB in and out, with its digest', async () => {
    const hash = createHash('sha256');
    let left = 20 * 16;
    const content = new ReadableStream<Uint8Array>({
      pull(controller) {
        if ((left -= 1) < 0) return controller.close();
        const chunk = new Uint8Array(CHUNK).fill(left % 256);
        hash.update(chunk);
        controller.enqueue(chunk);
      },
    });
    const stored = await bucket.put('large', content, { kind: 'export' });
    expect(stored).toMatchObject({ name: 'large', bytes: 20 * 1024 * 1024, metadata: { kind: 'export' } });
    const digest = hash.digest();
    expect(
      createHash('sha256')
        .update(await read('large'))
        .digest(),
    ).toEqual(digest);
    expect(stored.digest.replace('SHA-256=', '').replace(/=+$/, '')).toBe(digest.toString('base64url'));
  });

  test('stores an empty object, replaces, lists and deletes', async () => {
    await bucket.put('empty', new Uint8Array(0));
    expect((await read('empty')).length).toBe(0);
    await bucket.put('note', Buffer.from('old'));
    await bucket.put('note', Buffer.from('new'));
    expect((await read('note')).toString()).toBe('new');
    expect((await bucket.list()).map(({ name }) => name)).toEqual(expect.arrayContaining(['empty', 'note']));
    expect(await bucket.delete('note')).toBe(true);
    expect(await bucket.delete('note')).toBe(false);
    expect([await bucket.get('note'), await bucket.info('note')]).toEqual([undefined, undefined]);
  });

  test('returns undefined for a missing object', async () => {
    expect(await bucket.get('nothing')).toBeUndefined();
  });

  test('fails at the end of an object with a wrong digest', async () => {
    await bucket.put('broken', new Uint8Array(3 * 128 * 1024).fill(7));
    const { streams } = await jetstreamManager(connection.live as NatsConnection);
    const { state } = await streams.info('OBJ_files');
    // The last message is about the object, the one before its last chunk: another of the same size takes its place.
    const chunk = await streams.getMessage('OBJ_files', { seq: state.last_seq - 1 });
    await streams.deleteMessage('OBJ_files', state.last_seq - 1);
    connection.live?.publish(chunk?.subject ?? '', new Uint8Array(chunk?.data.length ?? 0).fill(8));
    await connection.live?.flush();
    await expect(read('broken')).rejects.toThrow(/digest/i);
  });
});
