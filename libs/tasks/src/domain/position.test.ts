import * as fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import { positionBetween, positionOfNew } from './position.js';

const key = fc
  .tuple(fc.stringMatching(/^[0-9a-z]{0,8}$/), fc.stringMatching(/^[1-9a-z]$/))
  .map(([head, last]) => head + last);
const close = fc.constantFrom('low' as const, 'high' as const);
const ENOUGH = 10_000;

/** PostgreSQL takes an index row of up to 2704 bytes. */
const LONGEST = 1_000;

describe('positions', () => {
  test('a key is strictly between its neighbours, and there is room beside it', () => {
    fc.assert(
      fc.property(key, fc.option(key, { nil: undefined }), close, (one, other, side) => {
        fc.pre(one !== other);
        const [low, high] = other === undefined || one < other ? [one, other] : [other, one];
        const between = positionBetween(low, high, side);
        expect(between > low && (high === undefined || between < high)).toBe(true);
        expect(between.endsWith('0')).toBe(false);
      }),
    );
  });

  test('there is always something before the first', () => {
    fc.assert(
      fc.property(key, close, (first, side) => {
        const before = positionBetween('', first, side);
        expect(before < first && before > '' && !before.endsWith('0')).toBe(true);
      }),
    );
  });

  test.each([
    ['before one task', 'low'],
    ['after one task', 'high'],
  ] as const)('ten thousand moves right %s keep their order, and their keys short', (_where, side) => {
    let low = positionOfNew(uuidv7());
    let high = positionOfNew(uuidv7());
    if (low > high) [low, high] = [high, low];
    let longest = 0;
    for (let count = 0; count < ENOUGH; count += 1) {
      const between = positionBetween(low, high, side);
      if (!(between > low && between < high)) throw new Error(`${between} is not between ${low} and ${high}`);
      if (side === 'low') low = between;
      else high = between;
      longest = Math.max(longest, between.length);
    }
    expect(longest).toBeLessThan(LONGEST);
  });

  test('so do ten thousand moves to the very top', () => {
    let first = positionOfNew(uuidv7());
    for (let count = 0; count < ENOUGH; count += 1) {
      const before = positionBetween('', first, 'high');
      if (before >= first) throw new Error(`${before} is not before ${first}`);
      first = before;
    }
    expect(first.length).toBeLessThan(LONGEST);
  });

  test('what is not a position, or has nothing between, is refused', () => {
    expect(() => positionBetween('b', 'a', 'low')).toThrow(RangeError);
    expect(() => positionBetween('a', 'a', 'low')).toThrow(RangeError);
    expect(() => positionBetween('A', 'B', 'low')).toThrow(RangeError);
  });
});
