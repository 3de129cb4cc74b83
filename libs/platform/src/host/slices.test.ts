import { nextTurn, Slices } from './slices.js';

test('of several that wait for a turn, each turn of the event loop resumes one', async () => {
  const resumed: number[] = [];
  let turn = 0;
  let counting = true;
  const count = (): void => {
    turn += 1;
    if (counting) setImmediate(count);
  };
  setImmediate(count);
  await Promise.all([1, 2, 3, 4].map(() => nextTurn().then(() => resumed.push(turn))));
  counting = false;
  expect(new Set(resumed).size).toBe(4);
});

function* work(): Generator<void, string> {
  for (let piece = 0; piece < 20; piece += 1) {
    const until = performance.now() + 5;
    while (performance.now() < until);
    yield;
  }
  return 'done';
}

function* fail(): Generator<void, string> {
  yield;
  throw new Error('broken');
}

test('sliced work returns its result, and yields to others', async () => {
  let others = 0;
  const busy = setInterval(() => (others += 1), 1);
  const result = await new Slices().run(work());
  clearInterval(busy);
  expect(result).toBe('done');
  expect(others).toBeGreaterThan(0);
});

test('a fault of the work reaches the caller', async () => {
  await expect(new Slices().run(fail())).rejects.toThrow('broken');
});
