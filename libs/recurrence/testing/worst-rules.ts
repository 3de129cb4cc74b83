// Rules that strain the engine, out of all parts that the grammar has: what clients may send, as dear as it gets.
import * as fc from 'fast-check';
import type { Rule } from '../contract/rule.js';

const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Africa/Casablanca', 'Pacific/Apia', 'Australia/Lord_Howe'];
const MAX_CHARACTERS = 4_096;

export interface WorstRule {
  rule: Rule;
  from: string | undefined;
  to: string | undefined;
}

const range = (min: number, max: number): number[] => Array.from({ length: max - min + 1 }, (_, index) => min + index);

/** Few of them, or all. */
function numbers(min: number, max: number, signed = false): fc.Arbitrary<string> {
  const all = signed ? [...range(min, max), ...range(min, max).map((number) => -number)] : range(min, max);
  return fc
    .oneof(fc.subarray(all, { minLength: 1, maxLength: 3 }), fc.subarray(all, { minLength: 1 }), fc.constant(all))
    .map((list) => list.join(','));
}

const nthDays = fc
  .oneof(
    fc.array(fc.tuple(fc.integer({ min: -53, max: 53 }), fc.constantFrom(...DAYS)), { minLength: 1, maxLength: 800 }),
    fc.constant(range(-53, 53).flatMap((nth) => DAYS.map((day): [number, string] => [nth, day]))),
    fc
      .tuple(fc.constantFrom(53, 9, 5, -53), fc.constantFrom(...DAYS))
      .map((day) => Array(800).fill(day) as [number, string][]),
  )
  .map((list) => list.map(([nth, day]) => `${nth === 0 ? '' : nth}${day}`).join(','));
const days = fc.oneof(fc.subarray(DAYS, { minLength: 1 }), fc.constant(DAYS)).map((list) => list.join(','));

const year = fc.oneof(fc.integer({ min: 1, max: 9_999 }), fc.constantFrom(1, 1801, 1990, 2026, 9_998));
const date = fc
  .tuple(year, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
  .map(([y, month, day]) => `${pad(y, 4)}-${pad(month)}-${pad(day)}`);
const local = fc
  .tuple(date, fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([day, hour, minute]) => `${day}T${pad(hour)}:${pad(minute)}:00`);
const instant = local.map((text) => `${text}Z`);
const moments = fc.array(fc.oneof(local, instant, date), { maxLength: 1_000, size: 'max' });
const interval = fc.oneof(
  fc.constantFrom(1, 2, 7, 25, 1_439, 999_983, 1_000_000),
  fc.integer({ min: 1, max: 1_000_000 }),
);
const count = fc.oneof(fc.constantFrom(1, 1_000, 100_000, 1_000_000), fc.integer({ min: 1, max: 1_000_000 }));

function pad(number: number, digits = 2): string {
  return String(number).padStart(digits, '0');
}

const maybe = <Value>(value: fc.Arbitrary<Value>, freq = 3): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined, freq });

function partsOf(frequency: string): Record<string, fc.Arbitrary<string | undefined>> {
  const isCoarse = frequency === 'YEARLY' || frequency === 'MONTHLY';
  return {
    INTERVAL: maybe(interval.map(String)),
    BYMONTH: maybe(numbers(1, 12)),
    ...(frequency === 'YEARLY' && { BYWEEKNO: maybe(numbers(1, 53, true), 1) }),
    ...(['YEARLY', 'HOURLY', 'MINUTELY'].includes(frequency) && { BYYEARDAY: maybe(numbers(1, 366, true), 1) }),
    ...(frequency !== 'WEEKLY' && { BYMONTHDAY: maybe(numbers(1, 31, true)) }),
    BYDAY: maybe(isCoarse ? fc.oneof(nthDays, days) : days),
    BYHOUR: maybe(numbers(0, 23), 1),
    BYMINUTE: maybe(numbers(0, 59), 1),
    BYSECOND: maybe(numbers(0, 59), 1),
    BYSETPOS: maybe(numbers(1, 366, true), 1),
  };
}

const rrule = fc.constantFrom('YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY', 'MINUTELY').chain((frequency) =>
  fc
    .record({
      ...partsOf(frequency),
      LIMIT: fc.oneof(
        count.map((number) => `COUNT=${number}`),
        local.map((text) => `UNTIL=${text.replaceAll(/[-:]/g, '')}`),
        fc.constant(undefined),
      ),
    })
    .map((parts: Record<string, string | undefined>) => {
      const { LIMIT: limit, ...others } = parts;
      const texts = Object.entries(others).flatMap(([name, value]) =>
        value === undefined ? [] : [`${name}=${value}`],
      );
      const all = [`FREQ=${frequency}`, ...(limit === undefined ? [] : [limit]), ...texts];
      // The longest parts go first where it is too long.
      while (all.join(';').length > MAX_CHARACTERS) all.splice(all.indexOf(longestOf(all)), 1);
      return all.join(';');
    }),
);

function longestOf(texts: readonly string[]): string {
  return texts.toSorted((one, other) => other.length - one.length)[0] ?? '';
}

const ruled = fc.record({ rrule, rdate: maybe(moments, 1), exdate: maybe(moments, 1) });
const patterned = fc.record({
  pattern: fc.constantFrom('daily', 'weekly', 'monthly', 'quarterly', 'yearly'),
  every: maybe(fc.integer({ min: 1, max: 10_000 })),
  count: maybe(count),
});
const elapsed = fc.record({
  pattern: fc.constant('interval'),
  interval: fc.constantFrom('PT5M', 'PT7M1S', 'P1D', 'P3660D'),
  count: maybe(count),
});

export function worstRule(): fc.Arbitrary<WorstRule> {
  return fc
    .record({
      start: fc.oneof(local, date),
      zone: fc.constantFrom(...ZONES),
      skips: maybe(fc.constant('skip'), 1),
      more: fc.oneof({ weight: 8, arbitrary: ruled }, patterned, elapsed),
      from: maybe(fc.oneof(local, instant)),
      to: maybe(fc.oneof(local, instant), 1),
    })
    .map(({ start, zone, skips, more, from, to }) => ({
      rule: { dtstart: start, timezone: zone, dst_gap: skips, ...more } as Rule,
      from,
      to,
    }));
}
