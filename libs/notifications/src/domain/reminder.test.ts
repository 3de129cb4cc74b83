import { dueInstant, remindAt, reminderId } from './reminder.js';

const TASK = { title: 'Bake', status: 'todo', assignee_id: 'ada', due_at: null, due_on: null, timezone: null };
const DAY = 24 * 60;

describe('the due instant', () => {
  test.each([
    [{ due_at: '2026-05-08T16:00:00Z' }, '2026-05-08T16:00:00.000Z'],
    [{ due_on: '2026-05-08' }, '2026-05-08T23:59:59.999Z'],
    [{ due_on: '2026-05-08', timezone: 'Europe/Berlin' }, '2026-05-08T21:59:59.999Z'],
    // The clocks go back that night: the day has 25 hours.
    [{ due_on: '2026-10-25', timezone: 'Europe/Berlin' }, '2026-10-25T22:59:59.999Z'],
    [{ due_on: '2026-05-08', timezone: 'Mars/Olympus' }, '2026-05-08T23:59:59.999Z'],
    [{}, null],
    [{ due_at: '2026-05-08T16:00:00Z', status: 'in_progress' }, '2026-05-08T16:00:00.000Z'],
    [{ due_at: '2026-05-08T16:00:00Z', status: 'done' }, null],
    [{ due_at: '2026-05-08T16:00:00Z', status: 'cancelled' }, null],
    [{ due_at: '2026-05-08T16:00:00Z', status: 'archived' }, null],
    [{ due_at: '2026-05-08T16:00:00Z', assignee_id: null }, null],
    [{ due_at: '2026-05-08T16:00:00Z', title: null, status: null }, null],
  ])('%j: %s', (facts, expected) => {
    expect(dueInstant({ ...TASK, ...facts })).toBe(expected);
  });
});

function remind(facts: object, lead: number): string {
  const task = { ...TASK, ...facts };
  return remindAt(dueInstant(task) ?? '', task, lead);
}

describe('the reminder time', () => {
  test.each([
    [{ due_at: '2026-05-08T16:00:00Z' }, DAY, '2026-05-07T16:00:00.000Z'],
    [{ due_at: '2026-05-08T16:00:00Z' }, 1, '2026-05-08T15:59:00.000Z'],
    // In the morning of the day on which the lead begins.
    [{ due_on: '2026-05-08' }, DAY, '2026-05-08T08:00:00.000Z'],
    [{ due_on: '2026-05-08' }, DAY + 1, '2026-05-07T08:00:00.000Z'],
    [{ due_on: '2026-05-08' }, 60, '2026-05-08T08:00:00.000Z'],
    [{ due_on: '2026-05-08', timezone: 'Europe/Berlin' }, 60, '2026-05-08T06:00:00.000Z'],
    [{ due_on: '2026-05-08', timezone: 'Asia/Kolkata' }, 2 * DAY, '2026-05-07T02:30:00.000Z'],
    // Days of 25 and of 23 hours.
    [{ due_on: '2026-10-25', timezone: 'Europe/Berlin' }, DAY, '2026-10-25T07:00:00.000Z'],
    [{ due_on: '2026-03-29', timezone: 'Europe/Berlin' }, DAY, '2026-03-29T06:00:00.000Z'],
  ])('%j, %i minutes before: %s', (facts, lead, expected) => {
    expect(remind(facts, lead)).toBe(expected);
  });
});

describe('the id of a reminder', () => {
  const [task, user, due] = [
    '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e',
    '0198b6c2-aaaa-7c3a-9d0e-3b1f2a4c5d6e',
    '2026-05-08T16:00:00.000Z',
  ];

  test('is a UUIDv7 of the due date, independent of the notation of the instant', () => {
    const id = reminderId(task, due, user);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(Date.parse(due));
    expect(reminderId(task, '2026-05-08T16:00:00Z', user)).toBe(id);
  });

  test('differs by task, due date and user', () => {
    const ids = [
      reminderId(task, due, user),
      reminderId(user, due, task),
      reminderId(task, '2026-05-08T16:00:00.001Z', user),
      reminderId(task, due, task),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});
