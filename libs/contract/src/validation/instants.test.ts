import { InvalidInputError } from '../errors/index.js';
import { TimeZoneField } from './fields.js';
import { readInput } from './input-reader.js';
import { isCalendarDate, isDuration, isFixedDuration, isInstant, isTimeZone } from './instants.js';

describe('forms of time', () => {
  test.each([
    '2026-05-01T09:00:00Z',
    '2026-05-01t09:00:00.123z',
    '2026-05-01T09:00:00.123Z',
    '2016-12-31T23:59:60Z',
    '2026-05-01T09:00:00+05:30',
  ])('%s is an instant', (text) => {
    expect(isInstant(text)).toBe(true);
  });
  test.each([
    '2026-05-01',
    '2026-05-01T09:00:00',
    '2026-02-30T09:00:00Z',
    '2026-02-30T09:00:00.000Z',
    '2026-05-01T24:00:00Z',
    '2026-05-01T25:00:00Z',
    '0000-05-01T09:00:00.000Z',
    '',
    5,
    null,
  ])('%s is no instant', (value) => {
    expect(isInstant(value)).toBe(false);
  });
  test.each([
    ['2024-02-29', true],
    ['2026-02-29', false],
    ['0000-01-01', false],
    ['2026-5-1', false],
  ])('calendar date %s: %s', (text, expected) => {
    expect(isCalendarDate(text)).toBe(expected);
  });
  test.each([
    ['PT45M', true],
    ['P1DT2H', true],
    ['-PT1H', false],
    ['P11Y', false],
    ['45', false],
  ])('duration %s: %s', (text, expected) => {
    expect(isDuration(text)).toBe(expected);
  });
  test.each([
    ['PT45M', true],
    ['P1DT2H30M', true],
    ['P2W', true],
    ['P1M', false],
    ['P1Y', false],
    ['P1MT5M', false],
    ['45', false],
  ])('duration of a fixed length %s: %s', (text, expected) => {
    expect(isFixedDuration(text)).toBe(expected);
  });
  test.each([
    ['Europe/Berlin', true],
    ['UTC', true],
    ['europe/BERLIN', true],
    ['+01:00', false],
    ['Mars/Olympus', false],
  ])('zone %s: %s', (text, expected) => {
    expect(isTimeZone(text)).toBe(expected);
  });
});

class Zoned {
  @TimeZoneField({ description: 'A zone.' })
  timezone: string;
}

test('a zone is read in any case, and kept as the IANA database writes it', () => {
  expect(readInput(Zoned, { timezone: 'eUrOpE/bErLiN' }, 'body').timezone).toBe('Europe/Berlin');
  expect(readInput(Zoned, { timezone: 'asia/calcutta' }, 'body').timezone).toBe('Asia/Calcutta');
  expect(() => readInput(Zoned, { timezone: 'Europe/Bielefeld' }, 'body')).toThrow(InvalidInputError);
});
