// Local times and instants, beside temporal-polyfill, which maps them on its own.
import { Temporal } from 'temporal-polyfill';
import { LeastRecent } from './least-recent.js';
import { Zone, zoneNameOf } from './index.js';

const DAY_SECONDS = 86_400;

function dayOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / 1000 / DAY_SECONDS;
}

/** Bit by bit another one of the spellings. */
function spelling(name: string, number: number): string {
  return name
    .toLowerCase()
    .split('')
    .map((letter, at) => ((number >> (at % 16)) & 1 ? letter.toUpperCase() : letter))
    .join('');
}

test('a zone is kept once, however clients spell it', () => {
  const name = 'America/Argentina/Buenos_Aires';
  const zone = Zone.of(name);
  for (let number = 0; number < 2_000; number += 1) expect(Zone.of(spelling(name, number))).toBe(zone);
  expect(zone.name).toBe(name);
});

test.each([
  ['europe/berlin', 'Europe/Berlin'],
  ['AMERICA/PORT-AU-PRINCE', 'America/Port-au-Prince'],
  ['africa/dar_es_salaam', 'Africa/Dar_es_Salaam'],
  ['us/pacific', 'US/Pacific'],
  ['etc/gmt+5', 'Etc/GMT+5'],
  ['asia/kolkata', 'Asia/Kolkata'],
  ['utc', 'UTC'],
  ['gb-eire', 'GB-Eire'],
])('%s is %s', (text, name) => {
  expect(zoneNameOf(text)).toBe(name);
});

test.each([
  '',
  'Mars/Olympus',
  '+01:00',
  '../../etc/passwd',
  'Europe/../Europe/Berlin',
  'Europe/Berlin ',
  '__proto__',
  'ACT',
])('%p is no zone', (text) => {
  expect(zoneNameOf(text)).toBeUndefined();
  expect(() => Zone.of(text)).toThrow(RangeError);
});

test('every day of the first leap years has an instant, December 31 too', () => {
  for (const year of [4, 400, 1600, 1796, 1799, 1800, 1801]) {
    const zone = Zone.of('Europe/Berlin');
    const date = Temporal.PlainDate.from({ year, month: 12, day: 31 });
    const local = (date.toZonedDateTime('UTC').epochMilliseconds ?? 0) / 1000;
    expect([year, zone.instantAt(local) * 1000]).toEqual([year, date.toZonedDateTime(zone.name).epochMilliseconds]);
  }
});

test.each([
  ['America/Santiago', '2026-09-06'],
  ['Asia/Beirut', '2026-03-29'],
  ['America/Toronto', '1919-03-31'],
  ['Pacific/Apia', '2011-12-30'],
  ['Pacific/Apia', '2011-12-31'],
  ['America/Havana', '2026-11-01'],
  ['Europe/Berlin', '2026-10-25'],
])('in %s the day %s begins when Temporal says', (name, date) => {
  const expected = Temporal.PlainDate.from(date).toZonedDateTime(name).epochMilliseconds;
  expect(Zone.of(name).startOfDay(dayOf(date)) * 1000).toBe(expected);
});

test('what was not used for the longest time is forgotten first', () => {
  const kept = new LeastRecent<string, number>(2);
  kept.set('a', 1);
  kept.set('b', 2);
  kept.get('a');
  kept.set('c', 3);
  expect([kept.get('a'), kept.get('b'), kept.get('c'), kept.size]).toEqual([1, undefined, 3, 2]);
});
