import { backoffMs } from './backoff.js';

const HOUR_MS = 3_600_000;

describe('the pause before the next attempt', () => {
  test('doubles, and half of it is chance', () => {
    expect([1, 2, 3, 4].map((failed) => backoffMs(failed, 1_000, 1))).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect([1, 2, 3, 4].map((failed) => backoffMs(failed, 1_000, 0))).toEqual([500, 1_000, 2_000, 4_000]);
  });

  test('is an hour at most', () => {
    expect(backoffMs(2_000, 1_000, 1)).toBe(HOUR_MS);
  });
});
