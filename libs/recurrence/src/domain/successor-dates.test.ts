import type { Rule } from '../../contract/rule.js';
import { countOf, successorDates } from './successor-dates.js';

const BERLIN = 'Europe/Berlin';

function firstAfter(rule: Partial<Rule>, originalStart: string, closedAt: string): string | undefined {
  const whole = Object.assign({ dtstart: '2026-03-02T09:00:00' }, rule);
  const predecessor = { original_start: originalStart, closed_at: closedAt };
  for (const { originalStart: next } of successorDates(whole, BERLIN, predecessor)) return next;
  return undefined;
}

test.each<[string, Partial<Rule>, string, string, string | undefined]>([
  [
    'three days after it is done',
    { pattern: 'daily', every: 3 },
    '2026-03-02T09:00:00',
    '2026-03-05T15:00:00Z',
    '2026-03-08T09:00:00',
  ],
  [
    'never again on the day of completion',
    { pattern: 'daily' },
    '2026-03-02T09:00:00',
    '2026-03-03T06:00:00Z',
    '2026-03-04T09:00:00',
  ],
  [
    'the day is that of the zone',
    { pattern: 'daily' },
    '2026-03-02T09:00:00',
    '2026-03-02T23:30:00Z',
    '2026-03-04T09:00:00',
  ],
  [
    'done ahead of its time, the next is not the same',
    { pattern: 'weekly', days_of_week: ['FR'] },
    '2026-03-06T09:00:00',
    '2026-03-04T09:00:00Z',
    '2026-03-13T09:00:00',
  ],
  [
    'a month after, or on its last day',
    { pattern: 'monthly' },
    '2026-03-02T09:00:00',
    '2026-08-31T09:00:00Z',
    '2026-09-30T09:00:00',
  ],
  [
    'on the named day of the month',
    { pattern: 'monthly', day_of_month: 15 },
    '2026-03-15T09:00:00',
    '2026-03-20T09:00:00Z',
    '2026-04-15T09:00:00',
  ],
  [
    'an exact time after',
    { pattern: 'interval', interval: 'PT36H' },
    '2026-03-02T08:00:00Z',
    '2026-03-28T20:00:00Z',
    '2026-03-30T08:00:00Z',
  ],
  [
    'COUNT does not begin anew',
    { rrule: 'COUNT=2;FREQ=DAILY' },
    '2026-03-02T09:00:00',
    '2026-03-05T15:00:00Z',
    '2026-03-06T09:00:00',
  ],
  [
    'nothing after its end',
    { pattern: 'daily', until: '2026-03-04' },
    '2026-03-02T09:00:00',
    '2026-03-05T15:00:00Z',
    undefined,
  ],
  [
    'nothing once its last date is over',
    { pattern: 'daily', until: '2026-03-05' },
    '2026-03-02T09:00:00',
    '2026-03-05T05:00:00Z',
    undefined,
  ],
])('%s', (_what, rule, originalStart, closedAt, expected) => {
  expect(firstAfter(rule, originalStart, closedAt)).toBe(expected);
});

test('the count is said in either way', () => {
  const dtstart = '2026-03-02T09:00:00';
  expect(countOf({ dtstart, pattern: 'daily', count: 4 })).toBe(4);
  expect(countOf({ dtstart, rrule: 'FREQ=DAILY;COUNT=5' })).toBe(5);
  expect(countOf({ dtstart, pattern: 'daily' })).toBeUndefined();
});
