// Random rules in many zones over twenty years, beside an engine that shares nothing with this one: rrule-rust, which is
// the crate `rrule` with its own zone database.
import * as fc from 'fast-check';
import { RRuleSet } from 'rrule-rust';
import { Schedule } from './schedule.js';
import { take } from './take.js';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Europe/London',
  'America/New_York',
  'America/Los_Angeles',
  'America/St_Johns',
  'America/Santiago',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Asia/Tokyo',
  'Asia/Beirut',
  'Australia/Sydney',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
  'Pacific/Chatham',
];
const YEARS = 20;
const MOST = 50;
/** Runs with the same seed compare the same rules. */
const RUNS = Number(process.env['MONO_DIFFERENTIAL_RUNS'] ?? 200);
const SEED = Number(process.env['MONO_DIFFERENTIAL_SEED'] ?? 5545);

const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const listOf = (item: fc.Arbitrary<number | string>, most = 3) =>
  fc.uniqueArray(item, { minLength: 1, maxLength: most }).map((items) => items.join(','));
const signed = (most: number) => fc.integer({ min: 1, max: most }).chain((n) => fc.constantFrom(n, -n));
const nth = (most: number) =>
  fc.tuple(fc.option(signed(most)), fc.constantFrom(...WEEKDAYS)).map(([n, day]) => `${n ?? ''}${day}`);

const WKST = fc.constantFrom(...WEEKDAYS);
const BYMONTH = listOf(fc.integer({ min: 1, max: 12 }), 4);
const BYMONTHDAY = listOf(signed(31));
const BYDAY = listOf(fc.constantFrom(...WEEKDAYS), 4);
const BYSETPOS = listOf(signed(4), 2);
const TIMES = {
  BYHOUR: listOf(fc.integer({ min: 0, max: 23 })),
  BYMINUTE: listOf(fc.constantFrom(0, 15, 30, 45, 59)),
  BYSECOND: listOf(fc.constantFrom(0, 30)),
};

/** Parts that RFC 5545 allows with each frequency. */
const PARTS: Record<string, Record<string, fc.Arbitrary<string>>> = {
  YEARLY: { BYMONTH, BYMONTHDAY, BYYEARDAY: listOf(signed(366)), BYDAY: listOf(nth(20)), ...TIMES, BYSETPOS },
  'YEARLY weeks': { BYMONTH, BYWEEKNO: listOf(signed(53)), BYDAY, WKST, ...TIMES },
  MONTHLY: { BYMONTH, BYMONTHDAY, BYDAY: listOf(nth(5)), ...TIMES, BYSETPOS },
  WEEKLY: { BYMONTH, BYDAY, WKST, ...TIMES, BYSETPOS },
  DAILY: { BYMONTH, BYMONTHDAY, BYDAY, ...TIMES, BYSETPOS },
  HOURLY: { BYMONTHDAY, BYDAY, ...TIMES, BYSETPOS },
  MINUTELY: { BYDAY, BYSECOND: TIMES.BYSECOND, BYHOUR: TIMES.BYHOUR },
};

interface Case {
  dtstart: string;
  zone: string;
  rrule: string;
}

const START = fc.date({
  min: new Date('2000-01-01T00:00:00Z'),
  max: new Date('2030-01-01T00:00:00Z'),
  noInvalidDate: true,
});

const CASE: fc.Arbitrary<Case> = fc
  .record({
    kind: fc.constantFrom(...Object.keys(PARTS)),
    start: START,
    zone: fc.constantFrom(...ZONES),
    interval: fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 40 })),
  })
  .chain(({ kind, start, zone, interval }) =>
    fc.record(PARTS[kind] ?? {}, { requiredKeys: [] }).map((parts) => {
      const dtstart = `${start.toISOString().slice(0, 16)}:00`;
      const until = `${start.getUTCFullYear() + YEARS}0101T000000Z`;
      const said = Object.entries(parts).map(([name, value]) => `;${name}=${value}`);
      return { dtstart, zone, rrule: `FREQ=${kind.split(' ')[0]};INTERVAL=${interval};UNTIL=${until}${said.join('')}` };
    }),
  );

const basic = (text: string): string => text.replaceAll(/[-:]/g, '');

function ours({ dtstart, zone, rrule }: Case): number[] {
  try {
    return take(Schedule.of({ dtstart, timezone: zone, rrule }).between(), MOST).map(({ at }) => at);
  } catch (error) {
    if (/never occurs|ends before the first/.test(String(error))) return [];
    throw error;
  }
}

/** Instants that a gap has made equal are one occurrence. */
function theirs({ dtstart, zone, rrule }: Case): number[] {
  const set = RRuleSet.fromString(`DTSTART;TZID=${zone}:${basic(dtstart)}\nRRULE:${rrule}`);
  const instants = set.all(MOST + 10).map((date) => date.toTimestamp());
  return [...new Set(instants)].sort((a, b) => a - b).slice(0, MOST);
}

/** Where rrule-rust is known to be wrong, or reads RFC 5545 otherwise (decisions/0001-own-engine.md). */
const EXCLUSIONS: [reason: string, concerns: (rule: Case) => boolean][] = [
  ['loses minutes beside BYHOUR and BYMINUTE', ({ rrule }) => /MINUTELY.*(BYHOUR|BYMINUTE)/.test(rrule)],
  ['takes BYDAY=MO,1TU for both at once', ({ rrule }) => mixesNumbers(rrule)],
  ['refuses a fifth weekday from the end of a month', ({ rrule }) => /MONTHLY.*BYDAY=[^;]*-5/.test(rrule)],
  ['takes BYWEEKNO without BYDAY for the whole week', ({ rrule }) => /BYWEEKNO/.test(rrule) && !/BYDAY/.test(rrule)],
  ['counts years of weeks as calendar years', ({ rrule }) => /INTERVAL=(?!1;).*BYWEEKNO/.test(rrule)],
  ['miscounts the last week of a year', ({ rrule }) => /BYWEEKNO=[^;]*(52|53|-1\b)|BYWEEKNO.*WKST=(?!MO)/.test(rrule)],
  ['loses what falls into a gap at midnight', (rule) => /Beirut|Santiago/.test(rule.zone) && occursAtMidnight(rule)],
  ['RFC 5545 forbids BYSETPOS alone', ({ rrule }) => /BYSETPOS/.test(rrule) && !/BY(?!SETPOS)/.test(rrule)],
];

function occursAtMidnight({ dtstart, rrule }: Case): boolean {
  const hours = /BYHOUR=([^;]*)/.exec(rrule)?.[1]?.split(',');
  return hours?.includes('0') ?? (/HOURLY|MINUTELY/.test(rrule) || dtstart.includes('T00'));
}

function mixesNumbers(rrule: string): boolean {
  const days = /BYDAY=([^;]*)/.exec(rrule)?.[1]?.split(',') ?? [];
  return days.some((day) => day.length === 2) && days.some((day) => day.length > 2);
}

const exclusionOf = (rule: Case): string | undefined => EXCLUSIONS.find(([, concerns]) => concerns(rule))?.[0];

/** In the week of DTSTART rrule-rust counts positions from DTSTART on, and this engine in the whole week, as libical does. */
function comparable(instants: number[], { dtstart, rrule }: Case): number[] {
  if (!/WEEKLY.*BYSETPOS/.test(rrule)) return instants;
  const secondWeek = Date.parse(`${dtstart}Z`) + 8 * 86_400_000;
  return instants.filter((at) => at >= secondWeek);
}

test('random rules bring what rrule-rust brings', () => {
  let [compared, occurrences] = [0, 0];
  const excluded: Record<string, number> = {};
  fc.assert(
    fc.property(CASE, (rule) => {
      const reason = exclusionOf(rule);
      if (reason !== undefined) {
        excluded[reason] = (excluded[reason] ?? 0) + 1;
        return;
      }
      const found = comparable(ours(rule), rule);
      const expected = comparable(theirs(rule), rule);
      // Where the first week is left out, one of them has had more room for later ones.
      const length =
        found.length === expected.length ? Infinity : Math.max(Math.min(found.length, expected.length), MOST - 20);
      compared += 1;
      occurrences += expected.length;
      expect(found.slice(0, length)).toEqual(expected.slice(0, length));
    }),
    { numRuns: RUNS, seed: SEED },
  );
  process.stdout.write(`${JSON.stringify({ compared, occurrences, excluded })}\n`);
  expect(compared).toBeGreaterThan(RUNS / 2);
});
