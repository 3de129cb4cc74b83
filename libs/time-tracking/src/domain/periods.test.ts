// Days, weeks and months in every zone, beside what Temporal says of each single day.
import { expect, test } from '@jest/globals';
import { assert, constantFrom, integer, property } from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import type { Week } from '../../contract/time-constants.js';
import { bucketsOf } from './buckets.js';
import { dayStart } from './day-starts.js';
import { PERIOD_UNITS, periodsOf, type PeriodUnit } from './periods.js';
import { windowOf } from './window.js';

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;
const ZONES = [...Intl.supportedValuesOf('timeZone'), 'UTC'];

/** Names with hours. */
function hoursOf(unit: PeriodUnit, zone: string, from: string, to: string, week: Week = 'iso'): Record<string, number> {
  const window = windowOf({ from, to }, zone);
  const periods = periodsOf(unit, window, week);
  return Object.fromEntries(
    periods.map(({ start, name }, index) => [name, ((periods[index + 1]?.start ?? window.to) - start) / HOUR_MS]),
  );
}

function expectedStart(zone: string, day: number): number {
  return Temporal.PlainDate.from('1970-01-01').add({ days: day }).toZonedDateTime(zone).epochMilliseconds;
}

test('days begin where Temporal says, in every zone and year', () => {
  assert(
    property(constantFrom(...ZONES), integer({ min: -40_000, max: 30_000 }), (zone, first) => {
      for (let day = first - 3; day < first + 403; day += 7) expect(dayStart(zone, day)).toBe(expectedStart(zone, day));
    }),
    { numRuns: 300 },
  );
});

test('every day around a change of the clocks begins where Temporal says', () => {
  const first = Date.parse('1990-01-01') / DAY_MS;
  const last = Date.parse('2012-01-10') / DAY_MS;
  for (const zone of ['Pacific/Apia', 'Pacific/Kwajalein', 'America/Havana', 'America/St_Johns', 'Africa/Casablanca']) {
    const wrong = Array.from({ length: last - first }, (_none, index) => first + index).filter(
      (day) => dayStart(zone, day) !== expectedStart(zone, day),
    );
    expect(wrong).toEqual([]);
  }
});

test('a day has 23 hours in spring and 25 in autumn', () => {
  expect(hoursOf('day', 'Europe/Berlin', '2026-03-28', '2026-03-31')).toEqual({
    '2026-03-28': 24,
    '2026-03-29': 23,
    '2026-03-30': 24,
  });
  expect(hoursOf('day', 'Europe/Berlin', '2026-10-24', '2026-10-27')).toMatchObject({ '2026-10-25': 25 });
});

test('a day that a zone skips is not there', () => {
  expect(hoursOf('day', 'Pacific/Apia', '2011-12-29', '2012-01-01')).toEqual({ '2011-12-29': 24, '2011-12-31': 24 });
});

test('a day whose midnight comes twice begins with the first one', () => {
  expect(hoursOf('day', 'America/Havana', '2025-11-01', '2025-11-04')).toEqual({
    '2025-11-01': 24,
    '2025-11-02': 25,
    '2025-11-03': 24,
  });
});

test('a day without midnight begins an hour later', () => {
  expect(hoursOf('day', 'America/Sao_Paulo', '2018-11-03', '2018-11-06')).toMatchObject({ '2018-11-04': 23 });
});

test('a minute after midnight that is the day before once more counts as the new day', () => {
  // America/St_Johns, 2006-10-29: at 00:01 clocks went back to 23:01 of the 28th.
  const days = hoursOf('day', 'America/St_Johns', '2006-10-29T02:45:00Z', '2006-10-30T03:30:00Z');
  expect(days).toEqual({ '2006-10-29': 24.75 });
});

test('weeks are named by the year of their Thursday, or by their first day', () => {
  expect(Object.keys(hoursOf('week', 'UTC', '2020-12-31', '2021-01-05'))).toEqual(['2020-W53', '2021-W01']);
  expect(Object.keys(hoursOf('week', 'UTC', '2024-12-30', '2024-12-31'))).toEqual(['2025-W01']);
  expect(Object.keys(hoursOf('week', 'UTC', '2026-11-05', '2026-11-10', 'monday'))).toEqual([
    '2026-11-02',
    '2026-11-09',
  ]);
  expect(Object.keys(hoursOf('week', 'UTC', '2026-11-05', '2026-11-10', 'sunday'))).toEqual([
    '2026-11-01',
    '2026-11-08',
  ]);
  expect(Object.keys(hoursOf('week', 'UTC', '2026-11-05', '2026-11-10', 'saturday'))).toEqual([
    '2026-10-31',
    '2026-11-07',
  ]);
});

test('ISO weeks are those of Temporal', () => {
  const periods = periodsOf('week', windowOf({ from: '2000-01-03', to: '2010-01-03' }, 'UTC'), 'iso');
  for (const { start, name } of periods) {
    const date = Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO('UTC').toPlainDate();
    expect(name).toBe(`${date.yearOfWeek}-W${String(date.weekOfYear).padStart(2, '0')}`);
  }
  expect(periods.length).toBe(522);
});

test('months begin with their first day, also in the first and the last years', () => {
  expect(hoursOf('month', 'Europe/Berlin', '2026-02-15', '2026-04-01')).toEqual({ '2026-02': 336, '2026-03': 743 });
  expect(Object.keys(hoursOf('month', 'Asia/Tokyo', '0001-01-01', '0001-03-01'))).toEqual(['0001-01', '0001-02']);
  expect(Object.keys(hoursOf('month', 'America/New_York', '9999-11-01', '9999-12-31'))).toEqual(['9999-11', '9999-12']);
});

test('weeks and months together are cut where either begins', () => {
  const { bounds, units } = bucketsOf(
    windowOf({ from: '2026-10-26', to: '2026-11-09' }, 'UTC'),
    ['week', 'month'],
    'iso',
  );
  expect(bounds.map((ms) => new Date(ms).toISOString().slice(0, 10))).toEqual([
    '2026-10-26',
    '2026-11-01',
    '2026-11-02',
    '2026-11-09',
  ]);
  expect(units.get('week')?.ordinals).toEqual([0, 0, 1]);
  expect(units.get('month')?.ordinals).toEqual([0, 1, 1]);
});

test('ten years of days are cut without asking Temporal for each', () => {
  const { bounds } = bucketsOf(
    windowOf({ from: '2020-01-01', to: '2030-01-01' }, 'Europe/Berlin'),
    PERIOD_UNITS,
    'iso',
  );
  expect(bounds.length).toBe(3_653 + 1);
});

test.each([
  ['2026-01-01', '2026-01-01'],
  ['2026-01-02', '2026-01-01T00:00:00Z'],
  ['2026-01-01', '2036-01-02'],
  ['2026-01-01T00:00:00Z', '2036-01-01T00:00:00.001Z'],
])('a time from %s to %s is refused on `to`', (from, to) => {
  expect(() => windowOf({ from, to }, 'UTC')).toThrow(expect.objectContaining({ code: 'validation_error' }));
  expect(windowOf({ from: '2026-01-01', to: '2036-01-01' }, 'UTC').to).toBe(Date.parse('2036-01-01'));
});
