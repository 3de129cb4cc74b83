import { Schedule } from './schedule.js';
import { take } from './take.js';
import type { Rule } from '../../contract/rule.js';

const brief = (rule: Rule, most = 12): string[] =>
  take(Schedule.of(rule, 'Europe/Berlin').between(), most).map(
    ({ originalStart, note }) => originalStart.slice(0, 16) + (note ? ` ${note}` : ''),
  );
const days = (rule: Rule, most = 6): string[] => brief(rule, most).map((text) => text.slice(0, 10) + text.slice(16));

const THE_31ST = '2026-01-31T09:00:00';

describe('the 31st', () => {
  test('is the last day of a shorter month, always counted from the 31st', () => {
    expect(days({ dtstart: THE_31ST, pattern: 'monthly' }, 5)).toEqual([
      '2026-01-31',
      '2026-02-28 month_end',
      '2026-03-31',
      '2026-04-30 month_end',
      '2026-05-31',
    ]);
  });

  test('is left out where that is wanted', () => {
    expect(days({ dtstart: THE_31ST, pattern: 'monthly', month_end: 'skip' }, 3)).toEqual([
      '2026-01-31',
      '2026-03-31',
      '2026-05-31',
    ]);
  });

  test('stays the 31st when looked at from years later', () => {
    const schedule = Schedule.of({ dtstart: THE_31ST, pattern: 'monthly' });
    expect(take(schedule.between('2032-02-01', '2032-04-01'), 9)).toEqual([
      { originalStart: '2032-02-29T09:00:00', at: Date.UTC(2032, 1, 29, 9), note: 'month_end' },
      { originalStart: '2032-03-31T09:00:00', at: Date.UTC(2032, 2, 31, 9), note: null },
    ]);
  });

  test('by quarters and years', () => {
    expect(days({ dtstart: THE_31ST, pattern: 'quarterly' }, 3)).toEqual([
      '2026-01-31',
      '2026-04-30 month_end',
      '2026-07-31',
    ]);
    expect(days({ dtstart: '2028-02-29', pattern: 'yearly' }, 5)).toEqual([
      '2028-02-29',
      '2029-02-28 month_end',
      '2030-02-28 month_end',
      '2031-02-28 month_end',
      '2032-02-29',
    ]);
    expect(days({ dtstart: '2028-02-29', pattern: 'yearly', month_end: 'skip' }, 2)).toEqual([
      '2028-02-29',
      '2032-02-29',
    ]);
  });
});

test('the last day of the month is no day moved', () => {
  expect(days({ dtstart: '2026-01-15', pattern: 'monthly', day_of_month: 'last' }, 3)).toEqual([
    '2026-01-31',
    '2026-02-28',
    '2026-03-31',
  ]);
});

test('a start that does not match is followed by the first match', () => {
  expect(days({ dtstart: THE_31ST, pattern: 'monthly', day_of_month: 15 }, 2)).toEqual(['2026-02-15', '2026-03-15']);
  expect(days({ dtstart: '2026-01-31', pattern: 'weekdays' }, 2)).toEqual(['2026-02-02', '2026-02-03']);
});

test('every so many of each', () => {
  const dtstart = '2026-01-05T09:00:00';
  expect(days({ dtstart, pattern: 'daily', every: 3 }, 3)).toEqual(['2026-01-05', '2026-01-08', '2026-01-11']);
  expect(days({ dtstart, pattern: 'weekly', every: 3 }, 3)).toEqual(['2026-01-05', '2026-01-26', '2026-02-16']);
  expect(days({ dtstart, pattern: 'biweekly' }, 3)).toEqual(['2026-01-05', '2026-01-19', '2026-02-02']);
  expect(days({ dtstart, pattern: 'biweekly', every: 2 }, 2)).toEqual(['2026-01-05', '2026-02-02']);
  expect(days({ dtstart, pattern: 'monthly', every: 5 }, 3)).toEqual(['2026-01-05', '2026-06-05', '2026-11-05']);
  expect(days({ dtstart, pattern: 'quarterly', every: 2 }, 2)).toEqual(['2026-01-05', '2026-07-05']);
  expect(days({ dtstart, pattern: 'yearly', every: 10 }, 2)).toEqual(['2026-01-05', '2036-01-05']);
});

test('days of the week keep to their weekdays for years', () => {
  const schedule = Schedule.of({ dtstart: '2026-01-05T09:00:00', pattern: 'biweekly', days_of_week: ['TH', 'MO'] });
  const found = take(schedule.between(), 2_000).map(({ originalStart }) => new Date(`${originalStart}Z`).getUTCDay());
  expect(new Set(found.filter((_, index) => index % 2 === 0))).toEqual(new Set([1]));
  expect(new Set(found.filter((_, index) => index % 2 === 1))).toEqual(new Set([4]));
});

test('a time of day of its own', () => {
  expect(brief({ dtstart: '2026-01-05', pattern: 'daily', time: '07:30' }, 2)).toEqual([
    '2026-01-05T07:30',
    '2026-01-06T07:30',
  ]);
  expect(brief({ dtstart: '2026-01-05T09:00:00', pattern: 'daily', time: '07:30' }, 1)).toEqual(['2026-01-06T07:30']);
});

test('until counts its whole day where it is a date, and the moment itself', () => {
  const dtstart = '2026-01-05T09:00:00';
  expect(days({ dtstart, pattern: 'daily', until: '2026-01-07' })).toHaveLength(3);
  expect(days({ dtstart, pattern: 'daily', until: '2026-01-07T09:00:00' })).toHaveLength(3);
  expect(days({ dtstart, pattern: 'daily', until: '2026-01-07T08:59:59' })).toHaveLength(2);
  expect(days({ dtstart, pattern: 'daily', until: '2026-01-07T08:00:00Z' })).toHaveLength(3);
  expect(days({ dtstart, pattern: 'daily', until: '2026-01-07T07:59:59Z' })).toHaveLength(2);
});

describe('elapsed time', () => {
  test('a day and two hours are 26 hours', () => {
    expect(brief({ dtstart: '2026-01-05T09:00:00', pattern: 'interval', interval: 'P1DT2H' }, 3)).toEqual([
      '2026-01-05T08:00',
      '2026-01-06T10:00',
      '2026-01-07T12:00',
    ]);
  });

  test('counts from its own first instant however far away one looks', () => {
    const schedule = Schedule.of({
      dtstart: '2026-01-05T09:00:00',
      timezone: 'UTC',
      pattern: 'interval',
      interval: 'PT7H',
    });
    const [found] = take(schedule.between('2036-01-01T00:00:00Z'), 1);
    expect(((found?.at ?? NaN) - Date.UTC(2026, 0, 5, 9)) % (7 * 3_600_000)).toBe(0);
    expect(schedule.at(found?.originalStart ?? '')).toEqual(found);
  });

  test('takes local bounds in its zone', () => {
    const rule: Rule = {
      dtstart: '2026-01-05T09:00:00',
      timezone: 'Asia/Tokyo',
      pattern: 'interval',
      interval: 'PT1H',
    };
    expect(take(Schedule.of(rule).between('2026-01-06T00:00:00'), 1)[0]?.originalStart).toBe('2026-01-05T15:00:00Z');
  });
});
