import { RRuleSet } from 'rrule-rust';
import { rruleOf } from './rrule-of.js';
import { Schedule } from './schedule.js';
import { take } from './take.js';
import type { Rule } from '../../contract/rule.js';

const BERLIN = 'Europe/Berlin';
const basic = (text: string): string => text.replaceAll(/[-:]/g, '');

describe('a named pattern says the same in RFC 5545', () => {
  const dtstart = '2026-01-31T09:00:00';
  test.each<[Rule, string]>([
    [{ dtstart, pattern: 'daily', every: 3, time: '07:30' }, 'FREQ=DAILY;INTERVAL=3'],
    [{ dtstart, pattern: 'weekly', days_of_week: ['TH', 'MO'] }, 'FREQ=WEEKLY;BYDAY=MO,TH'],
    [{ dtstart, pattern: 'biweekly' }, 'FREQ=WEEKLY;INTERVAL=2;BYDAY=SA'],
    [{ dtstart, pattern: 'weekdays', count: 9 }, 'FREQ=WEEKLY;COUNT=9;BYDAY=MO,TU,WE,TH,FR'],
    [{ dtstart, pattern: 'monthly' }, 'FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1'],
    [{ dtstart, pattern: 'monthly', day_of_month: 30 }, 'FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1'],
    [{ dtstart, pattern: 'monthly', day_of_month: 28 }, 'FREQ=MONTHLY;BYMONTHDAY=28'],
    [{ dtstart, pattern: 'monthly', day_of_month: 'last' }, 'FREQ=MONTHLY;BYMONTHDAY=-1'],
    [{ dtstart, pattern: 'monthly', month_end: 'skip' }, 'FREQ=MONTHLY;BYMONTHDAY=31'],
    [{ dtstart, pattern: 'quarterly' }, 'FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=28,29,30,31;BYSETPOS=-1'],
    [{ dtstart: '2028-02-29T09:00:00', pattern: 'yearly' }, 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1'],
    [{ dtstart, pattern: 'daily', until: '2026-12-31' }, 'FREQ=DAILY;UNTIL=20261231T225959Z'],
    [{ dtstart, pattern: 'interval', interval: 'PT36H' }, 'FREQ=HOURLY;INTERVAL=36'],
    [{ dtstart, pattern: 'interval', interval: 'P7D' }, 'FREQ=DAILY;INTERVAL=7'],
    [{ dtstart, rrule: 'freq=monthly;byday=-1fr,2mo;wkst=su' }, 'FREQ=MONTHLY;WKST=SU;BYDAY=-1FR,2MO'],
    [{ dtstart, rrule: 'FREQ=YEARLY;BYMONTH=3,4' }, 'FREQ=YEARLY;BYMONTH=3,4;BYMONTHDAY=31'],
  ])('%j: %s', (rule, expected) => {
    const said = rruleOf(rule, BERLIN);
    expect(said).toMatchObject({ rrule: expected, rdate: [], exdate: [], exact: true });
    const ours = take(Schedule.of(rule, BERLIN).between(), 40).map(({ at }) => at);
    const isUtc = said.start.endsWith('Z');
    const zone = isUtc ? '' : `;TZID=${BERLIN}`;
    const theirs = RRuleSet.fromString(`DTSTART${zone}:${basic(said.start)}\nRRULE:${expected}`).all(40);
    expect(theirs.map((date) => date.toTimestamp())).toEqual(ours);
  });
});

test('single dates keep their forms, and DTSTART is not repeated', () => {
  const rule: Rule = {
    dtstart: '2026-01-05T09:00:00',
    rdate: ['2026-01-06', '2026-01-07T09:00:00Z'],
    exdate: ['2026-01-05T09:00:00'],
  };
  expect(rruleOf(rule)).toEqual({
    start: '2026-01-05T09:00:00',
    rrule: null,
    rdate: ['2026-01-06T00:00:00', '2026-01-07T09:00:00Z'],
    exdate: ['2026-01-05T09:00:00'],
    exact: true,
  });
});

test('starts with the first match, which no single date moves', () => {
  const rule: Rule = {
    dtstart: '2026-01-01T09:00:00',
    rrule: 'FREQ=WEEKLY;BYDAY=MO',
    exdate: ['2026-01-05T09:00:00'],
    rdate: ['2026-01-02'],
  };
  expect(rruleOf(rule)).toMatchObject({ start: '2026-01-05T09:00:00', rrule: 'FREQ=WEEKLY;BYDAY=MO' });
});

test('what is left out in a gap of the clocks cannot be said', () => {
  expect(rruleOf({ dtstart: '2026-01-01T02:30:00', pattern: 'daily', dst_gap: 'skip' }, BERLIN).exact).toBe(false);
});
