import { expect, test } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import { Gathered } from './gathered.js';

const AWAY = new Error('away');

function makeGathered(most: number, isFaulty: (item: string) => boolean = () => false) {
  const batches: string[][] = [];
  const gathered = new Gathered<string>(
    async (items) => {
      batches.push([...items]);
      await setImmediate();
      if (items.includes('away')) throw AWAY;
      if (items.some(isFaulty)) throw new Error(`one of ${items.join()} is faulty`);
    },
    { most, isCommon: (error) => error === AWAY },
  );
  return { batches, gathered };
}

test('what comes together is done together, up to a number, and what comes meanwhile with the next batch', async () => {
  const { batches, gathered } = makeGathered(3);
  const first = ['a', 'b', 'c', 'd'].map((item) => gathered.add(item));
  await setImmediate();
  await Promise.all([...first, gathered.add('e')]);
  expect(batches).toEqual([
    ['a', 'b', 'c'],
    ['d', 'e'],
  ]);
});

test('one that is at fault fails alone', async () => {
  const { batches, gathered } = makeGathered(10, (item) => item === 'b');
  const outcomes = await Promise.allSettled(['a', 'b', 'c'].map((item) => gathered.add(item)));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(batches).toEqual([['a', 'b', 'c'], ['a'], ['b'], ['c']]);
});

test('where the surroundings are at fault, all fail at once, and the next ones are tried', async () => {
  const { batches, gathered } = makeGathered(10);
  const outcomes = await Promise.allSettled(['a', 'away'].map((item) => gathered.add(item)));
  expect(outcomes).toMatchObject([{ reason: AWAY }, { reason: AWAY }]);
  await gathered.add('b');
  expect(batches).toEqual([['a', 'away'], ['b']]);
});
