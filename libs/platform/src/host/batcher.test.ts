import { expect, test } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import { Batcher } from './batcher.js';

const AWAY = new Error('away');

function makeBatcher(most: number, isFaulty: (item: string) => boolean = () => false) {
  const batches: string[][] = [];
  const batcher = new Batcher<string>(
    async (items) => {
      batches.push([...items]);
      await setImmediate();
      if (items.includes('away')) throw AWAY;
      if (items.some(isFaulty)) throw new Error(`one of ${items.join()} is faulty`);
    },
    { most, isCommon: (error) => error === AWAY },
  );
  return { batches, batcher };
}

test('what comes together is done together, up to a number, and what comes meanwhile with the next batch', async () => {
  const { batches, batcher } = makeBatcher(3);
  const first = ['a', 'b', 'c', 'd'].map((item) => batcher.add(item));
  await setImmediate();
  await Promise.all([...first, batcher.add('e')]);
  expect(batches).toEqual([
    ['a', 'b', 'c'],
    ['d', 'e'],
  ]);
});

test('one that is at fault fails alone', async () => {
  const { batches, batcher } = makeBatcher(10, (item) => item === 'b');
  const outcomes = await Promise.allSettled(['a', 'b', 'c'].map((item) => batcher.add(item)));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(batches).toEqual([['a', 'b', 'c'], ['a'], ['b'], ['c']]);
});

test('where the surroundings are at fault, all fail at once, and the next ones are tried', async () => {
  const { batches, batcher } = makeBatcher(10);
  const outcomes = await Promise.allSettled(['a', 'away'].map((item) => batcher.add(item)));
  expect(outcomes).toMatchObject([{ reason: AWAY }, { reason: AWAY }]);
  await batcher.add('b');
  expect(batches).toEqual([['a', 'away'], ['b']]);
});
