import { dayIn, digestId, endsOf, planDigest, type DigestState } from './digest.js';

function plan(now: string, zone: string, more: Partial<DigestState> = {}): [string | undefined, string] {
  const state = { nowMs: Date.parse(now), zone, time: '08:00', sinceMs: 0, lastDay: null, ...more };
  const { day, nextMs } = planDigest(state);
  return [day, new Date(nextMs).toISOString().replace('.000', '')];
}

test.each([
  // Before, at and after the time of a day.
  ['2025-11-21T06:59:59Z', {}, [undefined, '2025-11-21T07:00:00Z']],
  ['2025-11-21T07:00:00Z', {}, ['2025-11-21', '2025-11-22T07:00:00Z']],
  // Late, until midnight in Berlin.
  ['2025-11-21T22:59:59Z', {}, ['2025-11-21', '2025-11-22T07:00:00Z']],
  ['2025-11-21T23:00:00Z', {}, [undefined, '2025-11-22T07:00:00Z']],
  // Done.
  ['2025-11-21T07:00:01Z', { lastDay: '2025-11-21' }, [undefined, '2025-11-22T07:00:00Z']],
  ['2025-11-21T07:00:01Z', { lastDay: '2025-11-20' }, ['2025-11-21', '2025-11-22T07:00:00Z']],
  // A zone in which the next day had already begun.
  ['2025-11-21T07:00:01Z', { lastDay: '2025-11-22' }, [undefined, '2025-11-23T07:00:00Z']],
  // The time was changed, or the first task came, after it had passed.
  ['2025-11-21T15:00:00Z', { sinceMs: Date.parse('2025-11-21T14:59:00Z') }, [undefined, '2025-11-22T07:00:00Z']],
  ['2025-11-21T15:00:00Z', { sinceMs: Date.parse('2025-11-21T06:00:00Z') }, ['2025-11-21', '2025-11-22T07:00:00Z']],
] as const)('at %s in Berlin with %j', (now, more, expected) => {
  expect(plan(now, 'Europe/Berlin', more)).toEqual(expected);
});

describe('on days with a clock change', () => {
  test.each([
    // 29 March 2026: 02:00 is 03:00.
    ['08:00', '2026-03-28T12:00:00Z', '2026-03-29T06:00:00Z'],
    ['02:30', '2026-03-28T12:00:00Z', '2026-03-29T01:30:00Z'],
    // 25 October 2026: 03:00 is 02:00 again.
    ['08:00', '2026-10-24T12:00:00Z', '2026-10-25T07:00:00Z'],
    ['02:30', '2026-10-24T12:00:00Z', '2026-10-25T00:30:00Z'],
  ])('%s after %s is %s in Berlin', (time, now, next) => {
    expect(plan(now, 'Europe/Berlin', { time })[1]).toBe(next);
  });

  test.each([
    ['Europe/Berlin', '2026-03-27T00:00:00Z'],
    ['Europe/Berlin', '2026-10-23T00:00:00Z'],
    // Midnight is skipped.
    ['America/Santiago', '2026-09-04T00:00:00Z'],
    ['America/New_York', '2026-10-30T00:00:00Z'],
  ])('each day in %s after %s has one digest, whatever its time', (zone, start) => {
    for (const time of ['00:00', '00:30', '02:30', '08:00', '23:59']) {
      const days: string[] = [];
      let lastDay: string | null = null;
      // Every ten minutes for five days.
      for (let nowMs = Date.parse(start); nowMs < Date.parse(start) + 5 * 86_400_000; nowMs += 600_000) {
        const { day } = planDigest({ nowMs, zone, time, sinceMs: Date.parse(start), lastDay });
        if (day === undefined) continue;
        days.push(day);
        lastDay = day;
      }
      expect(new Set(days).size).toBe(days.length);
      expect(days.length).toBeGreaterThanOrEqual(time === '23:59' ? 0 : 4);
    }
  });
});

test('today ends at midnight of the zone, also if the day has 23 hours', () => {
  const { today, tomorrow } = endsOf('2026-03-28', 'Europe/Berlin');
  expect([today, tomorrow].map((end) => new Date(end).toISOString())).toEqual([
    '2026-03-28T23:00:00.000Z',
    '2026-03-29T22:00:00.000Z',
  ]);
  expect(dayIn('Pacific/Auckland', Date.parse('2026-03-28T12:00:00Z'))).toBe('2026-03-29');
});

test('the id of a digest is a UUIDv7 that depends on user and day only', () => {
  const user = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d71';
  const id = digestId(user, '2025-11-21');
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(digestId(user, '2025-11-21')).toBe(id);
  expect(digestId(user, '2025-11-22')).not.toBe(id);
});
