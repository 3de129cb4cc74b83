import { FAILURES_TO_PAUSE, pauseMs, retryDelayMs, verdictOf } from './retry-schedule.js';

const HOUR_MS = 60 * 60 * 1_000;

test('pauses double up to three hours, so that a day has about twenty attempts', () => {
  expect([1, 2, 3, 4].map((attempt) => retryDelayMs(attempt, undefined, 1))).toEqual([5_000, 10_000, 20_000, 40_000]);
  expect(retryDelayMs(1, undefined, 0)).toBe(2_500);
  expect(retryDelayMs(1_000, undefined, 1)).toBe(3 * HOUR_MS);
  let attempts = 1;
  for (let ms = 0; ms < 24 * HOUR_MS; attempts += 1) ms += retryDelayMs(attempts, undefined, 0.5);
  expect(attempts).toBeGreaterThan(15);
  expect(attempts).toBeLessThan(30);
});

test('Retry-After prolongs a pause, up to an hour', () => {
  expect(retryDelayMs(1, 60_000, 1)).toBe(60_000);
  expect(retryDelayMs(1, 100 * HOUR_MS, 1)).toBe(HOUR_MS);
  expect(retryDelayMs(10, 1_000, 1)).toBeGreaterThan(1_000);
  expect(pauseMs(1, 30_000)).toBe(30_000);
});

test('a webhook rests after some failures in a row, five minutes at most', () => {
  expect(pauseMs(FAILURES_TO_PAUSE - 1, undefined)).toBe(0);
  expect(pauseMs(FAILURES_TO_PAUSE, undefined, 1)).toBe(1_000);
  expect(pauseMs(FAILURES_TO_PAUSE + 1, undefined, 1)).toBe(2_000);
  expect(pauseMs(10_000, undefined, 1)).toBe(300_000);
});

test.each([
  [200, 'delivered'],
  [204, 'delivered'],
  [302, 'refused'],
  [400, 'refused'],
  [404, 'refused'],
  [408, 'unavailable'],
  [410, 'gone'],
  [429, 'unavailable'],
  [500, 'unavailable'],
  [503, 'unavailable'],
  [undefined, 'unavailable'],
])('the status %p is %s', (status, verdict) => {
  expect(verdictOf(status)).toBe(verdict);
});
