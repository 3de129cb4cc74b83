import { jetstreamManager } from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import { BusWorld } from '../testing/bus-world.js';
import { until } from '../testing/until.js';
import type { BusConnection } from '../connection/bus-connection.js';
import { KeyExistsError, KeyValueBucket, RevisionMismatchError } from './key-value-bucket.js';

interface Setting {
  n: number;
}

describe('a bucket of keys and values', () => {
  let world: BusWorld;
  let connection: BusConnection;
  let bucket: KeyValueBucket<Setting>;

  beforeEach(async () => {
    world = await BusWorld.start();
    ({ connection } = (await world.node()).host);
    bucket = new KeyValueBucket(connection, { name: 'settings' });
  });
  afterEach(() => world?.end());

  test('returns stored values to other nodes and after kill -9 of the server', async () => {
    expect(await bucket.get('a')).toBeUndefined();
    const revision = await bucket.put('a', { n: 1 });
    expect(await bucket.get('a')).toEqual({ value: { n: 1 }, revision, createdAt: expect.any(Date) as Date });
    await world.nats.kill('SIGKILL');
    await until('the loss is known', () => !connection.connected);
    await expect(bucket.get('a')).rejects.toMatchObject({ code: 'unavailable' });
    await world.nats.restart();
    const other = new KeyValueBucket<Setting>((await world.node()).host.connection, { name: 'settings' });
    expect((await other.get('a'))?.value).toEqual({ n: 1 });
  });

  test('one of many concurrent creates succeeds', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => bucket.create('a', { n })));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : []));
    expect(refusals.every((reason) => reason instanceof KeyExistsError)).toBe(true);
    await bucket.delete('a');
    expect(await bucket.create('a', { n: 99 })).toBeGreaterThan(0);
  });

  test('compare-and-set loses no increment', async () => {
    await bucket.put('count', { n: 0 });
    const increment = async (): Promise<void> => {
      for (;;) {
        const entry = await bucket.get('count');
        try {
          await bucket.compareAndSet('count', { n: (entry?.value.n ?? 0) + 1 }, entry?.revision ?? 0);
          return;
        } catch (error) {
          if (!(error instanceof RevisionMismatchError)) throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: 10 }, increment));
    expect((await bucket.get('count'))?.value).toEqual({ n: 10 });
    await expect(bucket.delete('count', 1)).rejects.toBeInstanceOf(RevisionMismatchError);
  });

  test('lists keys by filter, without those that were deleted', async () => {
    for (const key of ['a.x', 'a.y', 'b.x']) await bucket.put(key, { n: 1 });
    await bucket.delete('a.y');
    expect((await bucket.keys()).toSorted()).toEqual(['a.x', 'b.x']);
    expect(await bucket.keys('a.*')).toEqual(['a.x']);
  });

  test('watches existing values, changes and deletions, also after an outage of the server', async () => {
    await bucket.put('a', { n: 1 });
    const seen: string[] = [];
    const end = new AbortController();
    const watching = (async () => {
      for await (const { key, value } of bucket.watch('>', end.signal)) seen.push(`${key}=${value?.n ?? 'gone'}`);
    })();
    await until('the first is seen', () => seen.length === 1);
    await bucket.put('b', { n: 2 });
    await bucket.delete('a');
    await until('changes are seen', () => seen.length === 3);
    await world.nats.kill('SIGKILL');
    await world.nats.restart();
    await until('it is back', () => connection.connected);
    await bucket.put('c', { n: 3 });
    await until('the change afterwards is seen', () => seen.includes('c=3'));
    end.abort();
    await watching;
    expect(seen.slice(0, 3)).toEqual(['a=1', 'b=2', 'a=gone']);
  });

  test('is updated to its declaration', async () => {
    await bucket.put('a', { n: 1 });
    const changed = new KeyValueBucket<Setting>(connection, { name: 'settings', history: 5, ttlMs: 60_000 });
    expect((await changed.get('a'))?.value).toEqual({ n: 1 });
    const { streams } = await jetstreamManager(connection.live as NatsConnection);
    expect((await streams.info('KV_settings')).config).toMatchObject({
      max_msgs_per_subject: 5,
      max_age: nanos(60_000),
    });
  });

  test.each(['', 'a b', 'a*', '.a', 'a.', 'a..b', 'ä'])('refuses the key "%s"', async (key) => {
    await expect(bucket.put(key, { n: 1 })).rejects.toThrow('is no key');
  });
});
