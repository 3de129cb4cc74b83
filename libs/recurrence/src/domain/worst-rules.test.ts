// The worst rules that the grammar allows: each is expanded or refused within the budget. `npm run bench:worst` shows what that is
// in processor time.
import { InvalidInputError } from '@mono/contract/errors';
import * as fc from 'fast-check';
import { worstRule } from '../../testing/worst-rules.js';
import type { Rule } from '../../contract/rule.js';
import { Budget, BudgetSpent, RULE_STEPS, RuleTooExpensiveError } from './budget.js';
import { recurrenceOf } from './calendar/recurrence-of.js';
import { previewOf } from './preview.js';
import { Schedule, type OccurrenceDate } from './schedule.js';
import { take } from './take.js';

const RUNS = Number(process.env['MONO_WORST_RUNS'] ?? 80);
const NOW = Date.parse('2026-11-30T12:00:00Z');
/** Ten times what a request may take, for a machine that is busy. Without a budget many rules take seconds. */
const LIMIT_MS = 500;

const upTo = (last: number): string => Array.from({ length: last }, (_, index) => index + 1).join(',');
const repeated = (text: string, characters: number): string =>
  Array(Math.floor(characters / (text.length + 1)))
    .fill(text)
    .join(',');

/** @returns undefined where the rule is refused. */
function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}

function processorMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

test('the worst rules are previewed, exported and searched within the budget', () => {
  const slow: [number, Rule][] = [];
  fc.assert(
    fc.property(worstRule(), fc.nat(1_000), ({ rule, from, to }, limit) => {
      const ms = processorMs(() => {
        attempt(() => previewOf({ rule, from, to, limit }, 'UTC'));
      });
      if (ms > LIMIT_MS) slow.push([ms, rule]);
      // Stored rules are still read, within the budget.
      const more = processorMs(() => {
        const dates = { rule, zone: rule.timezone ?? 'UTC', startsFrom: null, endsBefore: to ?? null, untilMs: null };
        attempt(() => recurrenceOf(dates, NOW));
        attempt(() => Schedule.stored(rule).last(from, to));
        attempt(() => take(Schedule.stored(rule).between(from), 500));
      });
      if (more > 3 * LIMIT_MS) slow.push([more, rule]);
    }),
    { numRuns: RUNS, seed: 14 },
  );
  expect(slow).toEqual([]);
});

describe('rules that held the event loop for seconds', () => {
  const bombs: Record<string, Rule> = {
    'repeated days of the week': {
      dtstart: '1801-01-01T09:00:00',
      rrule: `FREQ=YEARLY;COUNT=1000000;BYMONTHDAY=${upTo(31)};BYDAY=${repeated('53MO', 3_900)}`,
      timezone: 'UTC',
    },
    'months without a ninth Monday': {
      dtstart: '1801-01-01T09:00:00',
      rrule: `FREQ=MONTHLY;COUNT=1000000;BYMONTHDAY=${upTo(31)};BYDAY=${repeated('9MO', 3_900)},5MO`,
      timezone: 'UTC',
    },
    'a million minutes': { dtstart: '2026-01-01T09:00:00', rrule: 'FREQ=MINUTELY;COUNT=1000000' },
    'a million days': { dtstart: '0001-01-01T09:00:00', rrule: 'FREQ=DAILY;COUNT=1000000' },
    'a million weeks': { dtstart: '0001-01-01T09:00:00', pattern: 'weekly', count: 1_000_000 },
    'a million times five minutes': {
      dtstart: '2026-01-01T09:00:00',
      pattern: 'interval',
      interval: 'PT5M',
      count: 1_000_000,
    },
  };

  test.each(Object.entries(bombs))('%s', (_name, rule) => {
    const budget = new Budget();
    expect(() => {
      try {
        take(Schedule.of(rule, 'UTC', budget).between('2500-01-01T00:00:00'), 10);
      } catch (error) {
        if (!(error instanceof RuleTooExpensiveError)) throw error;
      }
    }).not.toThrow();
    expect(budget.spent).toBeLessThanOrEqual(RULE_STEPS);
    expect(processorMs(() => attempt(() => previewOf({ rule, limit: 1_000 }, 'UTC')))).toBeLessThan(LIMIT_MS);
  });

  test('what to narrow is named', () => {
    expect(refusalOf(bombs['a million days'] ?? fail())).toMatchObject({
      kind: 'invalid',
      code: 'rule_too_expensive',
      details: [{ field: 'rule.rrule', issue: expect.stringContaining('lower COUNT') }],
    });
    expect(refusalOf(bombs['a million weeks'] ?? fail())).toMatchObject({ details: [{ field: 'rule.count' }] });
  });
});

function refusalOf(rule: Rule): unknown {
  try {
    return Schedule.of(rule);
  } catch (error) {
    return error;
  }
}

function fail(): never {
  throw new Error('There is no such rule.');
}

describe('a budget', () => {
  test('ends where its steps are spent, and that of the whole with it', () => {
    const whole = new Budget(10);
    expect(() => new Budget(5, whole).spend(6)).toThrow(BudgetSpent);
    new Budget(5, whole).spend(5);
    expect(() => new Budget(50, whole).spend(6)).toThrow(BudgetSpent);
    expect(whole.isSpent).toBe(true);
  });
});

describe('COUNT', () => {
  const rule: Rule = { dtstart: '2026-01-01T09:00:00', timezone: 'Europe/Berlin', rrule: 'FREQ=MINUTELY;COUNT=500000' };

  test('ends where counting one by one ends, through gaps of clocks', () => {
    const { rrule: _rrule, ...rest } = rule;
    const every: Rule = { ...rest, rrule: 'FREQ=MINUTELY' };
    const [last, ...others] = Schedule.of(rule).between('2026-12-14T06:00:00');
    expect(others.length).toBeGreaterThan(0);
    let count = 0;
    let expected: OccurrenceDate | undefined;
    for (const window of weeksOf2026())
      for (const date of Schedule.of(every).between(...window)) {
        count += 1;
        if (count === 500_000) expected = date;
      }
    expect(count).toBeGreaterThan(500_000);
    expect(others.at(-1)).toEqual(expected);
    expect(last?.originalStart).toBe('2026-12-14T06:00:00');
  });

  test('is not counted for who begins at the beginning', () => {
    const budget = new Budget();
    expect(
      take(Schedule.stored({ dtstart: '2026-01-01', rrule: 'FREQ=WEEKLY;COUNT=1000000' }, 'UTC', budget).between(), 3),
    ).toHaveLength(3);
    expect(budget.spent).toBeLessThan(1_000);
  });
});

function weeksOf2026(): [string, string][] {
  const months = Array.from({ length: 13 }, (_, index) =>
    new Date(Date.UTC(2026, index, 1)).toISOString().slice(0, 10),
  );
  return months.slice(0, -1).flatMap((month, index): [string, string][] => {
    const days = Array.from({ length: 4 }, (_, week) => `${month.slice(0, 8)}${String(week * 7 + 1).padStart(2, '0')}`);
    return days.map((day, week) => [day, days[week + 1] ?? months[index + 1] ?? month]);
  });
}

describe('the last occurrence', () => {
  const rules: Rule[] = [
    { dtstart: '2026-01-31T02:30:00', pattern: 'monthly' },
    { dtstart: '2026-01-31T02:30:00', rrule: 'FREQ=MINUTELY;INTERVAL=7;BYMONTH=3' },
    { dtstart: '2026-01-31T02:30:00', rrule: 'FREQ=WEEKLY;COUNT=70', rdate: ['2026-02-01', '2027-06-01'] },
    { dtstart: '2026-01-31T02:30:00', rrule: 'FREQ=DAILY;UNTIL=20260901T000000Z', exdate: ['2026-08-31T02:30:00'] },
    { dtstart: '2026-01-31T02:30:00', pattern: 'interval', interval: 'PT37H' },
  ];

  test.each(rules)('of %j is that of a walk', (rule) => {
    for (const to of [
      '2026-01-31T02:30:00',
      '2026-01-31T02:30:01',
      '2026-03-29T03:00:00',
      '2026-09-01',
      '2027-04-01',
    ]) {
      // A budget of its own for each: the walks spend it.
      const schedule = Schedule.of(rule, 'Europe/Berlin');
      expect(schedule.last(undefined, to)).toEqual([...schedule.between(undefined, to)].at(-1));
      expect(schedule.last('2026-03-30', to)).toEqual([...schedule.between('2026-03-30', to)].at(-1));
      const toMs = Date.parse(`${to.slice(0, 10)}T00:00:00Z`);
      const fromMs = Date.parse('2026-03-02T11:00:00Z');
      expect(schedule.lastBetweenInstants(fromMs, toMs)).toEqual([...schedule.betweenInstants(fromMs, toMs)].at(-1));
    }
  });
});

test('a part that is said twice counts once', () => {
  expect(starts('FREQ=MONTHLY;BYDAY=1MO,+1MO,1MO,FR,FR;BYMONTH=2,2')).toEqual(
    starts('FREQ=MONTHLY;BYDAY=1MO,FR;BYMONTH=2'),
  );
});

function starts(rrule: string): string[] {
  const dates = Schedule.of({ dtstart: '2026-01-01T09:00:00', rrule }).between();
  return take(dates, 20).map(({ originalStart }) => originalStart);
}
