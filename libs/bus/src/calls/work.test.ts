// Work on a core queue group and on a stream.
import { IsInt } from 'class-validator';
import { BusWorld, gate } from '../testing/bus-world.js';
import { until } from '../testing/until.js';
import type { Bus } from '../bus.js';
import { defineWork } from '../contracts/contract.js';
import type { DeadLetterInput } from '../durable/dead-letter.js';

class Piece {
  @IsInt()
  n: number;
}

const before = defineWork({ module: 'mill', name: 'before', work: Piece, timeoutMs: 10_000 });
const after = defineWork({ module: 'mill', name: 'after', work: Piece, acknowledge: 'after', timeoutMs: 10_000 });
const trusted = defineWork({ module: 'mill', name: 'trusted', work: Piece, optimisticMs: 60_000 });
const narrow = defineWork({ module: 'mill', name: 'narrow', work: Piece, concurrency: 1, queue: 0 });
const kept = defineWork({ module: 'mill', name: 'kept', work: Piece, delivery: 'stream', attempts: 3 });

describe('work', () => {
  let world: BusWorld;
  let sender: Bus;

  beforeEach(async () => {
    world = await BusWorld.start();
    sender = await world.node();
  });
  afterEach(() => world?.end());

  test('on a core queue group is shared among nodes, each piece taken by one', async () => {
    const done: [node: number, piece: number][] = [];
    for (const node of [0, 1, 2]) {
      const worker = await world.node();
      worker.handle(after, (body) => Promise.resolve(done.push([node, (body as Piece).n])));
      await world.serve(worker);
    }
    await Promise.all(Array.from({ length: 60 }, (_, n) => sender.send(after, { n })));
    expect(done.map(([, n]) => n).toSorted((one, two) => one - two)).toEqual(Array.from({ length: 60 }, (_, n) => n));
    expect(new Set(done.map(([node]) => node)).size).toBe(3);
  });

  test('is acknowledged when it is taken, or when it is done, by contract', async () => {
    const { opened, open } = gate();
    const worker = await world.node();
    let done = 0;
    for (const contract of [before, after]) worker.handle(contract, () => opened.then(() => (done += 1)));
    await world.serve(worker);
    await sender.send(before, { n: 1 });
    expect(done).toBe(0);
    let acknowledged = false;
    const late = sender.send(after, { n: 2 }).then(() => (acknowledged = true));
    await until('both are at work', () => worker.served.every(({ slots }) => slots.inFlight === 1));
    expect(acknowledged).toBe(false);
    open();
    await late;
    expect(done).toBe(2);
  });

  test('rejects for the sender without a handler, at capacity, and for an invalid body', async () => {
    await expect(sender.send(before, { n: 1 })).rejects.toMatchObject({ code: 'unavailable' });
    const { opened, open } = gate();
    const worker = await world.node();
    worker.handle(narrow, () => opened);
    await world.serve(worker);
    await sender.send(narrow, { n: 1 });
    await expect(sender.send(narrow, { n: 2 })).rejects.toMatchObject({ code: 'queue_full' });
    await expect(sender.send(narrow, { n: 1.5 })).rejects.toMatchObject({ code: 'validation_error' });
    open();
  });

  test('within the optimistic window does not wait, after one that did', async () => {
    const heard: number[] = [];
    const worker = await world.node();
    worker.handle(trusted, (body) => Promise.resolve(heard.push((body as Piece).n)));
    await expect(sender.send(trusted, { n: 0 })).rejects.toMatchObject({ code: 'unavailable' });
    await world.serve(worker);
    for (let n = 1; n <= 20; n += 1) await sender.send(trusted, { n });
    await until('all are heard', () => heard.length === 20);
    await worker.drain(1_000);
    // Nobody is there any more: by contract, this one is lost.
    await sender.send(trusted, { n: 21 });
    expect(heard.at(-1)).toBe(20);
  });

  test('on a stream is stored until it is done, once for the same id, and then removed', async () => {
    const heard: number[] = [];
    for (let n = 1; n <= 5; n += 1) await sender.send(kept, { n }, { messageId: `piece-${n}` });
    await sender.send(kept, { n: 5 }, { messageId: 'piece-5' });
    await world.nats.kill('SIGKILL');
    await world.nats.restart();
    const worker = await world.node({ deadLetters: { store: () => Promise.resolve() } });
    worker.handle(kept, (body) => Promise.resolve(heard.push((body as Piece).n)));
    await world.serve(worker);
    await until('all are done', () => heard.length === 5);
    expect(heard.toSorted((one, two) => one - two)).toEqual([1, 2, 3, 4, 5]);
  });

  test('on a stream becomes a dead letter after its attempts', async () => {
    const letters: DeadLetterInput[] = [];
    const store = (letter: DeadLetterInput): Promise<void> => {
      letters.push(letter);
      return Promise.resolve();
    };
    const worker = await world.node({ deadLetters: { store } });
    worker.handle(kept, () => Promise.reject(new Error('cannot')));
    await world.serve(worker);
    await sender.send(kept, { n: 1 });
    await until('it is buried', () => letters.length === 1);
    expect(letters[0]).toMatchObject({ consumer: 'mill-kept', subject: 'durable.mill.kept', attempts: 3 });
  });

  test('cannot be trusted for less than 100 ms', () => {
    expect(() => defineWork({ module: 'mill', name: 'hasty', work: Piece, optimisticMs: 50 })).toThrow('100');
  });
});
