import { dueInstant } from './due.js';

const NEITHER = { due_at: null, due_on: null, timezone: null };
const onDay = (due_on: string, timezone: string | null = null) => dueInstant({ ...NEITHER, due_on, timezone });

test('a task without a due date has no due instant', () => {
  expect(dueInstant(NEITHER)).toBeNull();
  expect(dueInstant({ ...NEITHER, timezone: 'Europe/Berlin' })).toBeNull();
});

test('an instant is itself, whatever the zone', () => {
  const due_at = '2026-05-01T09:00:00.000Z';
  expect(dueInstant({ ...NEITHER, due_at, timezone: 'Asia/Tokyo' })).toBe(due_at);
});

describe('a day is due at its last millisecond', () => {
  test.each([
    ['in UTC where no zone is given', '2026-05-01', null, '2026-05-01T23:59:59.999Z'],
    ['east of Greenwich', '2026-05-01', 'Asia/Tokyo', '2026-05-01T14:59:59.999Z'],
    ['west of it', '2026-05-01', 'America/Los_Angeles', '2026-05-02T06:59:59.999Z'],
    ['in a zone of three quarters of an hour', '2026-05-01', 'Asia/Kathmandu', '2026-05-01T18:14:59.999Z'],
    ['on a day of 23 hours', '2026-03-29', 'Europe/Berlin', '2026-03-29T21:59:59.999Z'],
    ['on a day of 25 hours', '2026-10-25', 'Europe/Berlin', '2026-10-25T22:59:59.999Z'],
    ['before a day that begins at one', '2018-11-03', 'America/Sao_Paulo', '2018-11-04T02:59:59.999Z'],
    ['before a day that the zone skipped', '2011-12-29', 'Pacific/Apia', '2011-12-30T09:59:59.999Z'],
    ['on a leap day', '2028-02-29', null, '2028-02-29T23:59:59.999Z'],
    ['at the end of the year 9999', '9999-12-31', null, '9999-12-31T23:59:59.999Z'],
    ['in the first year', '0001-01-01', null, '0001-01-01T23:59:59.999Z'],
  ])('%s', (_what, day, zone, instant) => {
    expect(onDay(day, zone)).toBe(instant);
  });

  test('also where that is after the year 9999', () => {
    const instant = onDay('9999-12-31', 'America/Los_Angeles') ?? '';
    expect(Date.parse(instant)).toBe(Date.UTC(10_000, 0, 1, 7, 59, 59, 999));
  });
});
