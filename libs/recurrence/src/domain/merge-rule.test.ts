import type { Rule, RulePatch } from '../../contract/rule.js';
import { mergedRule } from './merge-rule.js';

const WEEKLY = {
  dtstart: '2026-05-04T09:00:00',
  timezone: 'Europe/Berlin',
  pattern: 'weekly' as const,
  days_of_week: ['MO' as const, 'TH' as const],
  every: 2,
  until: '2026-12-31',
} satisfies Rule;

test.each<[RulePatch, Rule]>([
  [{}, WEEKLY],
  [{ time: '06:45' }, { ...WEEKLY, time: '06:45' }],
  [{ days_of_week: ['FR'] }, { ...WEEKLY, days_of_week: ['FR'] }],
  [
    { pattern: 'weekly', time: '06:45' },
    { ...WEEKLY, time: '06:45' },
  ],
  [
    { pattern: 'monthly', day_of_month: 'last' },
    {
      dtstart: WEEKLY.dtstart,
      timezone: 'Europe/Berlin',
      until: '2026-12-31',
      pattern: 'monthly',
      day_of_month: 'last',
    },
  ],
  [
    { rrule: 'FREQ=DAILY' },
    { dtstart: WEEKLY.dtstart, timezone: 'Europe/Berlin', until: '2026-12-31', rrule: 'FREQ=DAILY' },
  ],
])('%j merges', (patch, expected) => {
  expect(mergedRule(WEEKLY, patch)).toEqual(expected);
});

test('null clears a field', () => {
  const { until: _until, every: _every, ...rest } = WEEKLY;
  const merged = mergedRule(WEEKLY, { until: null, every: null, time: null });
  expect(merged).toEqual(rest);
  expect(Object.keys(merged)).not.toContain('time');
});

test('dates are added to an RRULE, and a pattern replaces it', () => {
  const rule = { dtstart: '2026-05-04T09:00:00', rrule: 'FREQ=DAILY', exdate: ['2026-05-05'] };
  expect(mergedRule(rule, { rdate: ['2026-06-01'] })).toEqual({ ...rule, rdate: ['2026-06-01'] });
  expect(mergedRule(rule, { pattern: 'daily' })).toEqual({ dtstart: rule.dtstart, pattern: 'daily' });
});
