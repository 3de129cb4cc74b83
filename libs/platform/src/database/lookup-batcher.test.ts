import { LookupBatcher } from './lookup-batcher.js';

interface Asked {
  keys: readonly string[];
  answer: (values: Record<string, string>) => void;
  fail: (error: Error) => void;
}

let asked: Asked[];

function batcher(options = {}): LookupBatcher<string> {
  asked = [];
  return new LookupBatcher<string>((keys) => {
    const { promise, resolve, reject } = Promise.withResolvers<ReadonlyMap<string, string>>();
    asked.push({ keys, answer: (values) => resolve(new Map(Object.entries(values))), fail: reject });
    return promise;
  }, options);
}

const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

test('batches concurrent look-ups with each key once, and returns each its own value', async () => {
  const lookUps = batcher();
  const answers = ['a', 'b', 'a', 'none'].map((key) => lookUps.ask(key));
  await settled();
  expect(asked.map(({ keys }) => keys)).toEqual([['a', 'b', 'none']]);
  asked[0]?.answer({ a: 'A', b: 'B' });
  expect(await Promise.all(answers)).toEqual(['A', 'B', 'A', undefined]);
});

test('later look-ups start a new batch, and wait while the concurrency is exhausted', async () => {
  const lookUps = batcher({ atOnce: 1 });
  const first = lookUps.ask('a');
  await settled();
  const later = [lookUps.ask('a'), lookUps.ask('b')];
  await settled();
  expect(asked).toHaveLength(1);
  asked[0]?.answer({ a: 'old' });
  expect(await first).toBe('old');
  await settled();
  expect(asked[1]?.keys).toEqual(['a', 'b']);
  asked[1]?.answer({ a: 'new' });
  expect(await Promise.all(later)).toEqual(['new', undefined]);
});

test('limits the number of keys per statement', async () => {
  const lookUps = batcher({ atOnce: 1, most: 2 });
  const answers = ['a', 'b', 'c'].map((key) => lookUps.ask(key));
  for (const turn of [0, 1]) {
    await settled();
    asked[turn]?.answer({ a: 'A', b: 'B', c: 'C' });
  }
  expect(await Promise.all(answers)).toEqual(['A', 'B', 'C']);
  expect(asked.map(({ keys }) => keys.length)).toEqual([2, 1]);
});

test('a failure rejects the look-ups of its batch only', async () => {
  const lookUps = batcher({ atOnce: 1 });
  const answers = Promise.allSettled([lookUps.ask('a'), lookUps.ask('b')]);
  await settled();
  const next = lookUps.ask('c');
  asked[0]?.fail(new Error('away'));
  expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await settled();
  asked[1]?.answer({ c: 'C' });
  expect(await next).toBe('C');
});
