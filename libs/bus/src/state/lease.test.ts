import { BusWorld } from '../testing/bus-world.js';
import { until } from '../testing/until.js';
import { KeyValueBucket } from './key-value-bucket.js';
import { Lease, type LeaseValue } from './lease.js';

interface Held {
  holder: string;
  token: number;
  from: number;
  to: number;
}

const silent = { info() {}, warn() {}, error() {} };

describe('a lease', () => {
  let world: BusWorld;
  let held: Held[];
  const ends: AbortController[] = [];
  const running: Promise<void>[] = [];

  beforeEach(async () => {
    world = await BusWorld.start();
    held = [];
  });
  afterEach(async () => {
    for (const end of ends.splice(0)) end.abort();
    await Promise.all(running.splice(0));
    await world?.end();
  });

  async function holder(
    name: string,
    durationMs = 600,
  ): Promise<{ bucket: KeyValueBucket<LeaseValue>; end: AbortController }> {
    const bucket = new KeyValueBucket<LeaseValue>((await world.node()).host.connection, { name: 'leases' });
    const lease = new Lease({ bucket, name: 'singleton', holder: name, durationMs, logger: silent });
    const end = new AbortController();
    ends.push(end);
    const work = async (signal: AbortSignal, token: number): Promise<void> => {
      const mine = { holder: name, token, from: performance.now(), to: Number.POSITIVE_INFINITY };
      held.push(mine);
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      mine.to = performance.now();
    };
    running.push(lease.run(work, end.signal));
    return { bucket, end };
  }

  /** Pairs of which the later one began before the earlier had ended, or has no higher token. */
  function overlaps(): Held[][] {
    const sorted = held.toSorted((one, other) => one.from - other.from);
    const pairs = sorted.slice(1).map((next, index) => [sorted[index], next] as [Held, Held]);
    return pairs.filter(([one, next]) => next.from < one.to || next.token <= one.token);
  }

  const current = (): Held | undefined => held.find(({ to }) => to === Number.POSITIVE_INFINITY);

  test('has one holder, and another one at once after its release', async () => {
    const first = await holder('a');
    await until('a holds it', () => current()?.holder === 'a');
    await holder('b');
    // For longer than b would wait for the lease of a dead holder.
    await until('it is renewed', async () => ((await first.bucket.get('singleton'))?.value.beat ?? 0) > 8);
    first.end.abort();
    await until('b holds it', () => current()?.holder === 'b');
    expect(overlaps()).toEqual([]);
  });

  test('passes on when its holder has died without a word', async () => {
    const bucket = new KeyValueBucket<LeaseValue>((await world.node()).host.connection, { name: 'leases' });
    await bucket.create('singleton', { holder: 'dead', beat: 1 });
    await holder('b');
    await until('b holds it', () => current()?.holder === 'b');
    expect(overlaps()).toEqual([]);
  });

  test('is given up before another can have it, when the bus is lost, and held again later', async () => {
    await holder('a');
    await holder('b');
    await until('one holds it', () => current());
    await world.nats.kill('SIGKILL');
    await until('nobody works any more', () => held.length > 0 && !current());
    await world.nats.restart();
    await until('one holds it again', () => current());
    expect(overlaps()).toEqual([]);
  });

  test('that was taken away is lost', async () => {
    const { bucket } = await holder('a');
    await until('a holds it', () => current());
    await bucket.put('singleton', { holder: 'thief', beat: 1 });
    // It may have it again later.
    await until('a has stopped', () => held[0]?.to !== Number.POSITIVE_INFINITY);
    expect(held[0]?.holder).toBe('a');
  });
});
