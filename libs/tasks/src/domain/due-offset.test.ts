import { InvalidInputError } from '@mono/contract';
import { dueAfter, requireCountable } from './due-offset.js';

test.each([
  ['2026-03-27', 'P3D', null, { due_on: '2026-03-30' }],
  ['2026-03-27', 'P0D', 'Europe/Berlin', { due_on: '2026-03-27' }],
  ['2026-01-31', 'P1M', null, { due_on: '2026-02-28' }],
  ['2028-02-29', 'P1Y', null, { due_on: '2029-02-28' }],
  ['2026-12-30', 'P1W2D', null, { due_on: '2027-01-08' }],
  ['2026-05-01', 'PT90M', null, { due_at: '2026-05-01T01:30:00.000Z' }],
  ['2026-05-01', 'P1DT17H', 'Europe/Berlin', { due_at: '2026-05-02T15:00:00.000Z' }],
  // The clocks go forward on the 29th: days by the calendar, hours exactly.
  ['2026-03-27', 'P2DT12H', 'Europe/Berlin', { due_at: '2026-03-29T11:00:00.000Z' }],
  ['2026-03-28', 'P1DT0H', 'Europe/Berlin', { due_on: '2026-03-29' }],
  // A day that begins at 1:00.
  ['2026-03-28', 'P1DT1H', 'Asia/Beirut', { due_at: '2026-03-28T23:00:00.000Z' }],
] as const)('%s and %s in %s', (start, offset, zone, due) => {
  expect(dueAfter(start, offset, zone)).toEqual({ due_at: null, due_on: null, ...due });
});

test('a due date is not given twice, not without a start, and not beyond the calendar', () => {
  const cases = [
    () => requireCountable({ due_on: '2026-05-01' }, '2026-05-01'),
    () => requireCountable({ due_at: '2026-05-01T09:00:00Z' }, '2026-05-01'),
    () => requireCountable({}, null),
    () => dueAfter('9999-12-30', 'P2D', null),
  ];
  for (const refused of cases) expect(refused).toThrow(InvalidInputError);
  expect(() => requireCountable({ due_on: null }, '2026-05-01')).not.toThrow();
});
