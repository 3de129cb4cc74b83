import {
  changesBetween,
  eventOf,
  NO_OCCURRENCE,
  TASK_DEFAULTS,
  TASK_FIELDS,
  withFields,
  type TaskState,
} from './task-state.js';

const TASK: TaskState = { ...TASK_DEFAULTS, ...NO_OCCURRENCE, list_id: 'list', title: 'Milk', position: 'k' };

describe('applying fields', () => {
  test('absent and undefined mean unchanged, null clears', () => {
    const dated = withFields(TASK, { due_on: '2026-05-01', description: 'Oat' });
    expect(withFields(dated, { title: undefined })).toEqual(dated);
    expect(withFields(dated, { due_on: null })).toEqual({ ...dated, due_on: null });
  });

  test('takes nothing but the fields that a change may touch', () => {
    expect(withFields(TASK, { version: 7, id: 'x', template_id: 'y', series_id: 'y' } as object)).toEqual(TASK);
  });

  test.each([
    ['2026-05-01T11:00:00+02:00', '2026-05-01T09:00:00.000Z'],
    ['2026-05-01t09:00:00z', '2026-05-01T09:00:00.000Z'],
    ['2026-05-01T09:00:00.1239Z', '2026-05-01T09:00:00.123Z'],
  ])('writes the instant %s in UTC with milliseconds', (given, kept) => {
    expect(withFields(TASK, { due_at: given }).due_at).toBe(kept);
  });

  test('a day and an instant together are refused by both names, also when one was there before', () => {
    const dated = withFields(TASK, { due_on: '2026-05-01' });
    const refuse = () => withFields(dated, { due_at: '2026-05-01T09:00:00Z' });
    expect(refuse).toThrow(
      expect.objectContaining({
        code: 'validation_error',
        details: [expect.objectContaining({ field: 'due_at' }), expect.objectContaining({ field: 'due_on' })],
      }),
    );
    const moved = withFields(dated, { due_at: '2026-05-01T09:00:00Z', due_on: null });
    expect(moved).toMatchObject({ due_at: '2026-05-01T09:00:00.000Z', due_on: null });
  });
});

describe('changes', () => {
  test('between equal states there are none, tags compared by value', () => {
    expect(changesBetween(TASK, { ...TASK, tags: [...TASK.tags] })).toEqual({});
  });

  test('the order of tags is a change', () => {
    expect(changesBetween({ ...TASK, tags: ['a', 'b'] }, { ...TASK, tags: ['b', 'a'] })).toEqual({
      tags: { from: ['a', 'b'], to: ['b', 'a'] },
    });
  });

  test('a creation comes from nulls and a deletion goes to them, field by field', () => {
    const created = changesBetween(undefined, TASK);
    expect(created).toMatchObject({ title: { from: null, to: 'Milk' }, status: { from: null, to: 'todo' } });
    expect(created).not.toHaveProperty('due_at');
    const deleted = changesBetween(TASK, undefined);
    expect(Object.keys(deleted)).toEqual(Object.keys(created));
    expect(deleted['title']).toEqual({ from: 'Milk', to: null });
  });

  test('every field that a task can change is told of', () => {
    const other = Object.fromEntries(TASK_FIELDS.map((field) => [field, `other ${field}`])) as unknown as TaskState;
    expect(Object.keys(changesBetween(TASK, other))).toEqual([...TASK_FIELDS]);
  });
});

describe('the name of a change', () => {
  test.each([
    ['todo', 'todo', 'updated'],
    ['done', 'done', 'updated'],
    ['todo', 'in_progress', 'status_changed'],
    ['in_progress', 'done', 'completed'],
    ['archived', 'done', 'completed'],
    ['done', 'todo', 'status_changed'],
    ['done', 'archived', 'status_changed'],
  ] as const)('from %s to %s: %s', (from, to, name) => {
    expect(eventOf({ ...TASK, status: from }, { ...TASK, title: 'Oat milk', status: to })).toBe(name);
  });
});

test.each([
  ['2026-05-01T11:00:00.1239+02:00', '2026-05-01T09:00:00.123Z'],
  ['2026-05-01t09:00:00z', '2026-05-01T09:00:00.000Z'],
  ['9999-12-31T23:59:60Z', '9999-12-31T23:59:59.000Z'],
])('due at %s is kept as %s', (sent, kept) => {
  const state = { ...TASK_DEFAULTS, ...NO_OCCURRENCE, list_id: 'list', title: 'Task', position: 'a' };
  expect(withFields(state, { due_at: sent }).due_at).toBe(kept);
});
