import { hasAtLeast, hasAtMost } from './text.js';

const WAVE = '👋';

describe('lengths in code points', () => {
  test.each([
    ['', 0],
    ['a', 1],
    [WAVE, 1],
    [`a${WAVE}b`, 3],
    [WAVE.repeat(5), 5],
    ['a'.repeat(9), 9],
  ])('%j has %i', (text, length) => {
    for (let limit = 0; limit <= 12; limit += 1) {
      expect([limit, hasAtLeast(limit, text), hasAtMost(limit, text)]).toEqual([
        limit,
        length >= limit,
        length <= limit,
      ]);
    }
  });
});
