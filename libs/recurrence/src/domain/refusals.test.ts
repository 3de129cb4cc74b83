// Every setting works, or is refused by name.
import { InvalidInputError } from '@mono/contract/errors';
import { Schedule } from './schedule.js';

const START = '2026-01-31T09:00:00';

/** Input that clients can send against the types. */
function faultOf(rule: Record<string, unknown>): string {
  try {
    Schedule.of({ dtstart: START, ...rule });
    return 'taken';
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const [fault] = error.details as { field: string; issue: string }[];
    return `${fault?.field}: ${fault?.issue}`;
  }
}

describe('refused by name', () => {
  test.each<[Record<string, unknown>, RegExp]>([
    [{}, /^rule\.pattern: is required/],
    [{ dtstart: '2026-02-30T09:00:00', pattern: 'daily' }, /^rule\.dtstart: /],
    [{ dtstart: '0000-12-31', pattern: 'daily' }, /^rule\.dtstart: /],
    [{ dtstart: '10000-01-01', pattern: 'daily' }, /^rule\.dtstart: /],
    [{ dtstart: '2026-01-31T09:00:00Z', pattern: 'daily' }, /^rule\.dtstart: must be a local time/],
    [{ dtstart: '2026-01-31T09:00:60', pattern: 'daily' }, /^rule\.dtstart: /],
    [{ dtstart: undefined, pattern: 'daily' }, /^rule\.dtstart: /],
    [{ pattern: 'fortnightly' }, /^rule\.pattern: must be one of/],
    [{ pattern: 'daily', timezone: 'Mars/Olympus' }, /^rule\.timezone: /],
    [{ pattern: 'daily', rrule: 'FREQ=DAILY' }, /^rule\.rrule: does not belong to the pattern daily/],
    [{ pattern: 'daily', rdate: ['2026-02-01'] }, /^rule\.rdate: does not belong/],
    [{ pattern: 'daily', exdate: [] }, /^rule\.exdate: does not belong/],
    [{ pattern: 'daily', days_of_week: ['MO'] }, /^rule\.days_of_week: does not belong/],
    [{ pattern: 'daily', day_of_month: 3 }, /^rule\.day_of_month: does not belong/],
    [{ pattern: 'weekly', month_end: 'clamp' }, /^rule\.month_end: does not belong/],
    [{ pattern: 'weekly', interval: 'PT1H' }, /^rule\.interval: does not belong/],
    [{ pattern: 'weekdays', every: 2 }, /^rule\.every: does not belong/],
    [{ pattern: 'weekly', days_of_week: ['XX'] }, /^rule\.days_of_week: must hold/],
    [{ pattern: 'weekly', days_of_week: [] }, /^rule\.days_of_week: must hold/],
    [{ pattern: 'monthly', day_of_month: 32 }, /^rule\.day_of_month: must be/],
    [{ pattern: 'monthly', day_of_month: 0 }, /^rule\.day_of_month: must be/],
    [{ pattern: 'daily', every: 0 }, /^rule\.every: must be/],
    [{ pattern: 'daily', every: 1.5 }, /^rule\.every: must be/],
    [{ pattern: 'daily', time: '9:00' }, /^rule\.time: must be/],
    [{ pattern: 'daily', time: '24:00' }, /^rule\.time: must be/],
    [{ pattern: 'daily', count: 0 }, /^rule\.count: must be/],
    [{ pattern: 'daily', count: 1_000_001 }, /^rule\.count: must be/],
    [{ pattern: 'daily', until: 'tomorrow' }, /^rule\.until: must be/],
    [{ pattern: 'daily', until: '2026-12-31', count: 3 }, /^rule\.until: .*count/],
    [{ pattern: 'daily', until: '2026-01-30' }, /^rule\.until: ends before the first/],
    [{ pattern: 'daily', dst_gap: 'guess' }, /^rule\.dst_gap: must be one of/],
    [{ pattern: 'monthly', month_end: 'guess' }, /^rule\.month_end: must be one of/],
    [{ pattern: 'interval' }, /^rule\.interval: must be an ISO 8601/],
    [{ pattern: 'interval', interval: 'PT4M59S' }, /^rule\.interval: must be at least PT5M/],
    [{ pattern: 'interval', interval: 'P1M' }, /^rule\.interval: .*no exact length/],
    [{ pattern: 'interval', interval: 'PT5M0.5S' }, /^rule\.interval: .*whole seconds/],
    [{ pattern: 'interval', interval: '-PT1H' }, /^rule\.interval: /],
    [{ pattern: 'interval', interval: 'PT1H', time: '09:00' }, /^rule\.time: does not belong/],
    [{ pattern: 'interval', interval: 'PT1H', every: 2 }, /^rule\.every: does not belong/],
    [
      { pattern: 'interval', interval: 'PT1H', dst_gap: 'skip' },
      /^rule\.dst_gap: is not allowed with the pattern interval/,
    ],
    [{ rrule: 'FREQ=DAILY', time: '09:00' }, /^rule\.time: does not belong to a rule without a pattern/],
    [{ rrule: 'FREQ=DAILY', every: 2 }, /^rule\.every: does not belong/],
    [{ rrule: 'FREQ=MONTHLY', month_end: 'clamp' }, /^rule\.month_end: does not belong/],
    [{ rrule: 'FREQ=DAILY;COUNT=3', until: '2026-12-31' }, /^rule\.until: must not be given together/],
    [{ rrule: 'FREQ=DAILY;UNTIL=20261231', count: 3 }, /^rule\.count: must not be given together/],
    [{ rrule: 'FREQ=DAILY', rdate: ['soon'] }, /^rule\.rdate: each item must be/],
    [{ rrule: 'FREQ=DAILY', exdate: ['2026-02-29'] }, /^rule\.exdate: each item must be/],
    [{ rrule: 'FREQ=DAILY', rdate: Array(1001).fill('2026-02-01') }, /^rule\.rdate: must have at most 1000/],
    [{ rrule: 'FREQ=DAILY', exdate: Array(1001).fill('2026-02-01') }, /^rule\.exdate: must have at most 1000/],
    [{ rdate: ['2026-02-01'], count: 1 }, /^rule\.count: needs a pattern/],
  ])('%j', (rule, expected) => {
    expect(faultOf(rule)).toMatch(expected);
  });
});

describe('refused of an RRULE', () => {
  test.each<[string, RegExp]>([
    ['', /must hold FREQ|empty part/],
    ['INTERVAL=2', /must hold FREQ/],
    ['FREQ=FORTNIGHTLY', /FREQ must be one of/],
    ['FREQ=SECONDLY', /SECONDLY is not supported/],
    ['FREQ=DAILY;', /empty part/],
    ['FREQ=DAILY;BYEASTER=0', /unknown part BYEASTER/],
    ['FREQ=DAILY;__PROTO__=1', /unknown part/],
    ['FREQ=DAILY;RSCALE=GREGORIAN', /unknown part RSCALE/],
    ['FREQ=DAILY;FREQ=DAILY', /FREQ twice/],
    ['FREQ=DAILY;BYMONTH=1;bymonth=2', /BYMONTH twice/],
    ['FREQ=DAILY;BYMONTH', /BYMONTH has no value/],
    ['RRULE:FREQ=DAILY', /one recurrence rule, without RRULE:/],
    ['FREQ=DAILY\nRRULE:FREQ=WEEKLY', /one recurrence rule/],
    ['FREQ=DAILY\r\n FREQ=WEEKLY', /one recurrence rule/],
    ['FREQ=DAILY;INTERVAL=0', /INTERVAL must be/],
    ['FREQ=DAILY;INTERVAL=-1', /INTERVAL must be/],
    ['FREQ=DAILY;INTERVAL=1e3', /INTERVAL must be/],
    ['FREQ=DAILY;COUNT=0', /COUNT must be/],
    ['FREQ=DAILY;COUNT=99999999999999999999', /COUNT must be/],
    ['FREQ=DAILY;COUNT=3;UNTIL=20261231', /both COUNT and UNTIL/],
    ['FREQ=DAILY;UNTIL=2026-12-31', /UNTIL must be/],
    ['FREQ=DAILY;UNTIL=20260230', /UNTIL must be/],
    ['FREQ=DAILY;UNTIL=20250101', /ends before the first/],
    // Whether it would ever occur takes more steps than a rule may.
    ['FREQ=WEEKLY;UNTIL=20480101T000000Z;BYMONTH=1;BYSETPOS=2', /ends before the first/],
    ['FREQ=DAILY;WKST=XX', /WKST must hold/],
    ['FREQ=DAILY;BYMONTH=13', /BYMONTH must hold/],
    ['FREQ=DAILY;BYMONTH=0', /BYMONTH must hold/],
    ['FREQ=DAILY;BYMONTH=-1', /BYMONTH must hold/],
    ['FREQ=DAILY;BYMONTH=1,', /BYMONTH must hold/],
    ['FREQ=MONTHLY;BYMONTHDAY=32', /BYMONTHDAY must hold/],
    ['FREQ=MONTHLY;BYMONTHDAY=0', /BYMONTHDAY must hold/],
    ['FREQ=DAILY;BYHOUR=24', /BYHOUR must hold/],
    ['FREQ=DAILY;BYMINUTE=60', /BYMINUTE must hold/],
    ['FREQ=DAILY;BYSECOND=61', /BYSECOND must hold/],
    ['FREQ=MONTHLY;BYDAY=0MO', /BYDAY must count/],
    ['FREQ=MONTHLY;BYDAY=54MO', /BYDAY must count/],
    ['FREQ=MONTHLY;BYDAY=MONDAY', /BYDAY must hold/],
    ['FREQ=WEEKLY;BYDAY=1MO', /BYDAY with a number is not for FREQ=WEEKLY/],
    ['FREQ=DAILY;BYDAY=1MO', /BYDAY with a number is not for FREQ=DAILY/],
    ['FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO', /beside BYWEEKNO/],
    ['FREQ=MONTHLY;BYWEEKNO=20', /BYWEEKNO is for FREQ=YEARLY only/],
    ['FREQ=MONTHLY;BYYEARDAY=20', /BYYEARDAY is not for FREQ=MONTHLY/],
    ['FREQ=WEEKLY;BYMONTHDAY=20', /BYMONTHDAY is not for FREQ=WEEKLY/],
    ['FREQ=MONTHLY;BYSETPOS=1', /BYSETPOS needs another/],
    ['FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0', /BYSETPOS must hold/],
    ['FREQ=MONTHLY;BYDAY=MO;BYSETPOS=367', /BYSETPOS must hold/],
    [`FREQ=DAILY;BYHOUR=${'1,'.repeat(3000)}1`, /at most 4096 characters/],
  ])('%j', (rrule, expected) => {
    expect(faultOf({ rrule })).toMatch(/^rule\.(rrule|pattern): /);
    expect(faultOf({ rrule })).toMatch(expected);
  });
});

const upTo = (last: number): string => Array.from({ length: last + 1 }, (_, index) => index).join(',');

describe('a rule that never occurs is refused, and one that seldom does is not', () => {
  test.each([
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=MINUTELY;INTERVAL=999983;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=MINUTELY;INTERVAL=2;BYMINUTE=1',
    'FREQ=MINUTELY;INTERVAL=7;BYDAY=TU;BYHOUR=0;BYMINUTE=1',
    'FREQ=HOURLY;INTERVAL=24;BYHOUR=5',
    'FREQ=MONTHLY;INTERVAL=12;BYMONTH=3',
    'FREQ=MONTHLY;BYDAY=6MO',
    'FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6',
    'FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6',
    'FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29',
    'FREQ=DAILY;INTERVAL=7;BYDAY=TU',
    'FREQ=YEARLY;INTERVAL=100;BYMONTH=2;BYMONTHDAY=29',
    'FREQ=YEARLY;INTERVAL=999999;BYDAY=MO;BYMONTH=1',
  ])('never: %s', (rrule) => {
    expect(faultOf({ dtstart: '2027-02-01T00:00:00', rrule })).toMatch(/^rule\.rrule: never occurs/);
  });

  test.each([
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO', '2044-02-29'],
    ['FREQ=DAILY;INTERVAL=1;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO', '2044-02-29'],
    ['FREQ=YEARLY;INTERVAL=101;BYMONTH=2;BYMONTHDAY=29', '2228-02-29'],
    ['FREQ=DAILY;INTERVAL=146097;BYDAY=SA', '2026-01-31'],
    ['FREQ=YEARLY;BYMONTHDAY=31;BYDAY=-1TU;BYMONTH=12', '2030-12-31'],
    ['FREQ=MINUTELY;INTERVAL=1439;BYMONTH=2;BYMONTHDAY=29;BYHOUR=0', '2240-02-29'],
  ])('seldom: %s', (rrule, expected) => {
    const [first] = Schedule.of({ dtstart: START, rrule }).between();
    expect(first?.originalStart.slice(0, 10)).toBe(expected);
  });

  test('a pattern that never occurs names what is wrong', () => {
    const rule = { dtstart: '2027-02-01', pattern: 'yearly', day_of_month: 30, month_end: 'skip' };
    expect(faultOf(rule)).toMatch(/^rule\.day_of_month: never occurs/);
  });
});

describe('expansion bombs', () => {
  test.each([
    `FREQ=YEARLY;BYHOUR=${upTo(23)};BYMINUTE=${upTo(59)};BYSECOND=${upTo(59)}`,
    `FREQ=DAILY;BYHOUR=${upTo(23)};BYMINUTE=${upTo(59)};BYSECOND=${upTo(59)}`,
    `FREQ=MINUTELY;BYSECOND=${upTo(59)}`,
    `FREQ=HOURLY;BYMINUTE=${upTo(59)};BYSECOND=${upTo(59)}`,
    `FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=${upTo(23)};BYMINUTE=${upTo(59)};BYSECOND=${upTo(59)};BYSETPOS=-1`,
  ])('%s', (rrule) => {
    expect(faultOf({ rrule })).toMatch(/^rule\.rrule: asks for more than 5000 times in one day/);
  });

  test('every minute is taken', () => {
    expect(faultOf({ rrule: 'FREQ=MINUTELY' })).toBe('taken');
    expect(faultOf({ rrule: `FREQ=DAILY;BYHOUR=${upTo(23)};BYMINUTE=${upTo(59)}` })).toBe('taken');
  });
});
