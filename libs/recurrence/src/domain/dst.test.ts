// Where clocks change: each zone from 2026 to 2040 beside temporal-polyfill, which maps local times on its own.
import { Temporal } from 'temporal-polyfill';
import { Schedule } from './schedule.js';
import type { Rule } from '../../contract/rule.js';

const ZONES = [
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Asia/Beirut',
  'Africa/Casablanca',
  'Pacific/Apia',
];

const all = (rule: Rule, from?: string, to?: string) => [...Schedule.of(rule).between(from, to)];
const isoOf = (at: number): string => new Date(at).toISOString().replace('.000', '');
const brief = (rule: Rule): string[] =>
  all(rule).map(({ originalStart, at, note }) => `${originalStart} ${isoOf(at)} ${note ?? '-'}`);

/** RFC 5545, 3.3.5: in a gap the offset before it, in an overlap the first of the two. */
function expectedOf(local: string, timeZone: string): { at: number; note: string | null } {
  const plain = Temporal.PlainDateTime.from(local);
  const earlier = plain.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  const later = plain.toZonedDateTime(timeZone, { disambiguation: 'later' });
  const at = plain.toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds;
  if (earlier.epochMilliseconds === later.epochMilliseconds) return { at, note: null };
  return { at, note: earlier.toPlainDateTime().equals(plain) ? 'dst_overlap' : 'dst_gap' };
}

/** The days on which the zone changes its offset, with the day before. */
function daysOfChange(timezone: string): string[] {
  const days: string[] = [];
  const end = Temporal.PlainDate.from('2041-01-01');
  let day = Temporal.PlainDate.from('2026-01-01');
  for (let offset = day.toZonedDateTime(timezone).offset; !day.equals(end);) {
    const next = day.add({ days: 1 });
    const offsetThen = next.toZonedDateTime(timezone).offset;
    if (offsetThen !== offset) days.push(day.toString(), next.toString());
    [day, offset] = [next, offsetThen];
  }
  return days;
}

/** The instants of a day's half-hours, counted without the engine. */
function instantsOf(day: string, timezone: string): number[] {
  const instants = new Set<number>();
  for (let half = 0; half < 48; half += 1) {
    const local = `${day}T${String(Math.floor(half / 2)).padStart(2, '0')}:${half % 2 === 0 ? '00' : '30'}:00`;
    instants.add(expectedOf(local, timezone).at);
  }
  return [...instants].sort((a, b) => a - b);
}

describe.each(ZONES)('%s from 2026 to 2040', (timezone) => {
  test('every day is at the instant that Temporal says, with the note it deserves', () => {
    for (const time of ['00:00', '02:15']) {
      const found = all({ dtstart: '2026-01-01', timezone, pattern: 'daily', time, until: '2040-12-31' });
      expect(found).toHaveLength(5479);
      const wrong = found.filter(({ originalStart, at, note }) => {
        const expected = expectedOf(originalStart, timezone);
        return expected.at !== at || expected.note !== note;
      });
      expect(wrong).toEqual([]);
    }
  });

  test('every half-hour around a change of clocks: no instant twice, none missing', () => {
    const rule: Rule = { dtstart: '2026-01-01T00:00:00', timezone, rrule: 'FREQ=MINUTELY;INTERVAL=30' };
    const days = daysOfChange(timezone);
    expect(days.length > 0).toBe(timezone !== 'Pacific/Apia');
    for (const day of days) {
      const found = all(rule, `${day}T00:00:00`, `${day}T23:59:59`);
      expect([day, found.map(({ at }) => at)]).toEqual([day, instantsOf(day, timezone)]);
    }
  });
});

test('02:30 that does not exist is 03:30, and the first of two 02:30', () => {
  const timezone = 'Europe/Berlin';
  expect(brief({ dtstart: '2026-03-28T02:30:00', timezone, pattern: 'daily', count: 3 })).toEqual([
    '2026-03-28T02:30:00 2026-03-28T01:30:00Z -',
    '2026-03-29T02:30:00 2026-03-29T01:30:00Z dst_gap',
    '2026-03-30T02:30:00 2026-03-30T00:30:00Z -',
  ]);
  expect(brief({ dtstart: '2026-10-24T02:30:00', timezone, pattern: 'daily', count: 3 })).toEqual([
    '2026-10-24T02:30:00 2026-10-24T00:30:00Z -',
    '2026-10-25T02:30:00 2026-10-25T00:30:00Z dst_overlap',
    '2026-10-26T02:30:00 2026-10-26T01:30:00Z -',
  ]);
});

test('half an hour is left out on Lord Howe', () => {
  const rule: Rule = { dtstart: '2026-10-03T02:15:00', timezone: 'Australia/Lord_Howe', pattern: 'daily', count: 2 };
  expect(brief(rule)).toEqual([
    '2026-10-03T02:15:00 2026-10-02T15:45:00Z -',
    '2026-10-04T02:15:00 2026-10-03T15:45:00Z dst_gap',
  ]);
});

test.each([
  ['America/Santiago', '2026-09-05', '2026-09-06T04:00:00Z'],
  ['Asia/Beirut', '2026-03-28', '2026-03-28T22:00:00Z'],
])('in %s the day begins at one', (timezone, dtstart, second) => {
  const [, found] = all({ dtstart, timezone, pattern: 'daily', count: 2 });
  expect(found && isoOf(found.at)).toBe(second);
  expect(found?.note).toBe('dst_gap');
});

test('the day that Apia left out is a day later, once', () => {
  const rule: Rule = { dtstart: '2011-12-29T09:00:00', timezone: 'Pacific/Apia', pattern: 'daily', count: 3 };
  expect(brief(rule)).toEqual([
    '2011-12-29T09:00:00 2011-12-29T19:00:00Z -',
    '2011-12-31T09:00:00 2011-12-30T19:00:00Z -',
    '2012-01-01T09:00:00 2011-12-31T19:00:00Z -',
  ]);
});

test('dst_gap: skip leaves the time out, and COUNT does not count it', () => {
  const rule: Rule = {
    dtstart: '2026-03-28T02:30:00',
    timezone: 'Europe/Berlin',
    pattern: 'daily',
    count: 3,
    dst_gap: 'skip',
  };
  expect(all(rule).map(({ originalStart }) => originalStart.slice(0, 10))).toEqual([
    '2026-03-28',
    '2026-03-30',
    '2026-03-31',
  ]);
});

test('hours that a gap puts on one instant are one occurrence, and COUNT counts it once', () => {
  const rule: Rule = { dtstart: '2026-03-29T00:00:00', timezone: 'Europe/Berlin', rrule: 'FREQ=HOURLY;COUNT=4' };
  expect(brief(rule)).toEqual([
    '2026-03-29T00:00:00 2026-03-28T23:00:00Z -',
    '2026-03-29T01:00:00 2026-03-29T00:00:00Z -',
    '2026-03-29T03:00:00 2026-03-29T01:00:00Z -',
    '2026-03-29T04:00:00 2026-03-29T02:00:00Z -',
  ]);
});

test('an interval is exact elapsed time through both changes of clocks', () => {
  const rule: Rule = {
    dtstart: '2026-03-28T12:00:00',
    timezone: 'Europe/Berlin',
    pattern: 'interval',
    interval: 'PT24H',
    count: 3,
  };
  expect(brief(rule)).toEqual([
    '2026-03-28T11:00:00Z 2026-03-28T11:00:00Z -',
    '2026-03-29T11:00:00Z 2026-03-29T11:00:00Z -',
    '2026-03-30T11:00:00Z 2026-03-30T11:00:00Z -',
  ]);
});

describe('far from today', () => {
  test('December 31 of a leap year long ago is a day like others', () => {
    expect(brief({ dtstart: '0004-12-31', timezone: 'UTC', pattern: 'daily', count: 2 })).toEqual([
      '0004-12-31T00:00:00 0004-12-31T00:00:00Z -',
      '0005-01-01T00:00:00 0005-01-01T00:00:00Z -',
    ]);
  });

  test.each(['Europe/Berlin', 'America/Santiago', 'Africa/Casablanca', 'Asia/Gaza', 'Europe/Dublin', 'Asia/Tehran'])(
    '%s is as Temporal says, from the first year to the last',
    (timezone) => {
      for (const year of [
        1, 1700, 1850, 1893, 1916, 1945, 1979, 2029, 2050, 2086, 2100, 2101, 2128, 2400, 5000, 9998,
      ]) {
        const from = String(year).padStart(4, '0');
        const found = all({ dtstart: `${from}-01-02T02:30:00`, timezone, pattern: 'daily', until: `${from}-12-31` });
        expect(found.length).toBeGreaterThanOrEqual(364);
        const wrong = found.filter(({ originalStart, at }) => expectedOf(originalStart, timezone).at !== at);
        expect([year, wrong.map(({ originalStart }) => originalStart)]).toEqual([year, []]);
      }
    },
  );
});
