import { array, assert, asyncProperty, boolean, constantFrom, integer, record } from 'fast-check';
import { FairQueue, type Lane } from './fair-queue.js';

const UNBOUNDED = { waitingPerKey: Number.POSITIVE_INFINITY, waitMs: 60_000 };

describe('FairQueue', () => {
  test('serves keys in turns, however many of one wait', async () => {
    const queue = new FairQueue({ capacity: 1, perKey: 1, ...UNBOUNDED });
    const first = await queue.enter('busy');
    const order: string[] = [];
    const serve = async (key: string): Promise<void> => {
      const lane = await queue.enter(key);
      order.push(key);
      queue.leave(lane);
    };
    const all = [...Array.from({ length: 5 }, () => 'busy'), 'quiet', 'other'].map(serve);
    queue.leave(first);
    await Promise.all(all);
    expect(order).toEqual(['busy', 'quiet', 'other', 'busy', 'busy', 'busy', 'busy']);
  });

  test('leaves a place to others when one key has its share', async () => {
    const queue = new FairQueue({ capacity: 3, perKey: 2, ...UNBOUNDED });
    const busy = [queue.tryEnter('busy'), queue.tryEnter('busy')];
    expect(busy.every(Boolean)).toBe(true);
    expect(queue.tryEnter('busy')).toBeUndefined();
    const waiting = queue.enter('busy');
    expect(queue.tryEnter('quiet')).toBeDefined();
    expect(queue.waiting).toBe(1);
    for (const lane of busy) if (lane) queue.leave(lane);
    await waiting;
  });

  test('work of the installation itself has no share', () => {
    const queue = new FairQueue({ capacity: 2, perKey: 1, ...UNBOUNDED });
    expect([queue.tryEnter(undefined), queue.tryEnter(undefined)].every(Boolean)).toBe(true);
  });

  test('rejects a key beyond its limit, and reports the reason', async () => {
    const queue = new FairQueue({ capacity: 2, perKey: 1, waitingPerKey: 1, waitMs: 5 });
    queue.tryEnter('busy');
    const late = queue.enter('busy');
    await expect(queue.enter('busy')).rejects.toMatchObject({ reason: 'full', ownDoing: true });
    await expect(late).rejects.toMatchObject({ reason: 'late', ownDoing: true });
    queue.tryEnter('other');
    await expect(queue.enter('quiet')).rejects.toMatchObject({ reason: 'late', ownDoing: false });
    expect([queue.running, queue.waiting]).toEqual([2, 0]);
  });

  test('removes an aborted caller before and during its wait', async () => {
    const queue = new FairQueue({ capacity: 1, perKey: 1, ...UNBOUNDED });
    const lane = await queue.enter('one');
    const controller = new AbortController();
    const waiting = queue.enter('one', { signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ reason: 'gone' });
    await expect(queue.enter('one', { signal: controller.signal })).rejects.toMatchObject({ reason: 'gone' });
    queue.leave(lane);
    expect(queue.tryEnter('two')).toBeDefined();
  });

  test('never exceeds its capacity, and finally serves all', async () => {
    await assert(
      asyncProperty(
        integer({ min: 1, max: 5 }),
        integer({ min: 1, max: 5 }),
        array(record({ key: constantFrom('a', 'b', 'c', undefined), leaves: boolean(), goes: boolean() })),
        async (capacity, perKey, steps) => {
          const queue = new FairQueue({ capacity, perKey, ...UNBOUNDED });
          const held: Lane[] = [];
          const ended: Promise<void>[] = [];
          const check = (): void => {
            expect(queue.running).toBeLessThanOrEqual(capacity);
            for (const key of ['a', 'b', 'c']) {
              expect(held.filter((lane) => lane.key === key).length).toBeLessThanOrEqual(perKey);
            }
          };
          for (const { key, leaves, goes } of steps) {
            const controller = new AbortController();
            ended.push(
              queue.enter(key, { signal: controller.signal }).then(
                (lane) => void held.push(lane),
                () => {},
              ),
            );
            if (goes) controller.abort();
            await Promise.resolve();
            const lane = leaves ? held.shift() : undefined;
            if (lane) queue.leave(lane);
            await Promise.resolve();
            check();
          }
          // Each round serves at least one of those who wait.
          for (let round = 0; round < steps.length; round += 1) {
            for (const lane of held.splice(0)) queue.leave(lane);
            await new Promise((resolve) => setImmediate(resolve));
          }
          await Promise.all(ended);
          for (const lane of held.splice(0)) queue.leave(lane);
          expect([queue.running, queue.waiting]).toEqual([0, 0]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
