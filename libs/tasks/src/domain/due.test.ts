import { dueInstant, requireStartBeforeDue } from './due.js';

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

interface Due {
  due_at?: string;
  due_on?: string;
  timezone?: string;
}

const starts = (starts_on: string | null, due: Due) => ({
  due_at: null,
  due_on: null,
  timezone: null,
  ...due,
  starts_on,
});

describe('a task starts on the day on which it is due, or before', () => {
  const late = { field: 'starts_on', code: 'out_of_range', limits: { max: '2026-05-01' } };

  test('the same day, an earlier one, or only one of the two', () => {
    for (const dates of [
      starts('2026-05-01', { due_on: '2026-05-01' }),
      starts('2026-04-30', { due_on: '2026-05-01' }),
      starts('2026-05-02', {}),
      starts(null, { due_on: '2026-05-01' }),
    ]) {
      expect(() => requireStartBeforeDue(undefined, dates)).not.toThrow();
    }
  });

  test('a later day is refused, and the due date named', () => {
    const dates = starts('2026-05-02', { due_on: '2026-05-01' });
    expect(() => requireStartBeforeDue(undefined, dates)).toThrow(
      expect.objectContaining({ details: [expect.objectContaining(late)] }),
    );
  });

  test('an instant belongs to its day in the zone of the task, and without a zone to the latest day on earth', () => {
    const due_at = '2026-04-30T22:30:00.000Z';
    const inBerlin = (start: string) => starts(start, { due_at, timezone: 'Europe/Berlin' });
    expect(() => requireStartBeforeDue(undefined, inBerlin('2026-05-01'))).not.toThrow();
    expect(() => requireStartBeforeDue(undefined, inBerlin('2026-05-02'))).toThrow(/due date/);
    expect(() => requireStartBeforeDue(undefined, starts('2026-05-01', { due_at }))).not.toThrow();
    expect(() => requireStartBeforeDue(undefined, starts('2026-05-02', { due_at }))).toThrow(/due date/);
  });

  test('dates that stay as they were are not refused', () => {
    const dates = starts('2026-05-02', { due_on: '2026-05-01' });
    expect(() => requireStartBeforeDue(dates, { ...dates, timezone: 'Asia/Tokyo' })).not.toThrow();
    expect(() => requireStartBeforeDue(dates, { ...dates, starts_on: '2026-05-03' })).toThrow(/due date/);
  });
});
