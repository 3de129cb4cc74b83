// Whatever the order in which a task's events come, and however often, the same is known in the end.
import * as fc from 'fast-check';
import {
  asChange,
  concerns,
  follow,
  isKnown,
  UNKNOWN_TASK,
  type FollowedTask,
  type TaskChange,
} from './followed-task.js';

const FACTS = {
  title: 'Bake',
  status: 'todo',
  assignee_id: null,
  due_at: null,
  due_on: '2026-05-08',
  timezone: 'Europe/Berlin',
};
const CREATED: TaskChange = {
  version: 1,
  event: 'created',
  changes: {
    title: { to: 'Bake' },
    status: { to: 'todo' },
    due_on: { to: '2026-05-08' },
    timezone: { to: 'Europe/Berlin' },
  },
};

function told(changes: readonly TaskChange[]): FollowedTask {
  return changes.reduce<FollowedTask>(follow, UNKNOWN_TASK);
}

const change = fc.record(
  {
    title: fc.record({ to: fc.string() }),
    status: fc.record({ to: fc.constantFrom('todo', 'done') }),
    due_on: fc.record({ to: fc.constantFrom('2026-05-08', null) }),
  },
  { requiredKeys: [] },
);

test('creation tells every field, also those that it does not name', () => {
  expect(told([CREATED])).toMatchObject(FACTS);
  expect(isKnown(told([CREATED]))).toBe(true);
});

test('events in any order, some of them twice, come to the same', () => {
  const history = fc.tuple(fc.array(change, { maxLength: 6 }), fc.boolean()).map(([changes, deleted]): TaskChange[] => {
    const updates = changes.map((one, index) => ({ version: index + 2, event: 'updated', changes: one }));
    const last = { version: changes.length + 2, event: 'deleted', changes: {} };
    return [CREATED].concat(updates, deleted ? [last] : []);
  });
  const shuffled = history.chain((events) =>
    fc.tuple(
      fc.constant(events),
      fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2, maxLength: events.length * 2 }),
    ),
  );
  fc.assert(
    fc.property(shuffled, ([inOrder, mixed]) => {
      expect(told(mixed)).toEqual(told(inOrder));
    }),
  );
});

test('a late event of a deleted task does not bring it back', () => {
  const late = { version: 2, event: 'status_changed', changes: { status: { to: 'in_progress' } } };
  expect(told([{ version: 3, event: 'deleted', changes: {} }, CREATED, late])).toMatchObject({
    title: null,
    status: null,
  });
});

test('the task as a whole counts as its events until then, and no more', () => {
  const whole = asChange({ ...FACTS, title: 'Bake bread', version: 5 });
  const later = { version: 6, event: 'updated', changes: { title: { to: 'Bake rolls' } } };
  const earlier = { version: 4, event: 'updated', changes: { title: { to: 'Bake' } } };
  for (const order of [
    [later, whole, earlier],
    [earlier, whole, later],
  ]) {
    expect(told(order)).toMatchObject({ ...FACTS, title: 'Bake rolls' });
  }
});

test.each<[string, TaskChange['changes'], boolean]>([
  ['updated', { description: { to: 'x' } }, false],
  ['updated', { due_at: { to: null } }, true],
  ['deleted', {}, true],
])('%s with %j concerns reminders: %s', (event, changes, expected) => {
  expect(concerns({ version: 2, event, changes })).toBe(expected);
});

test('of a task of which only a part was heard, not all is known', () => {
  expect(isKnown(told([{ version: 9, event: 'updated', changes: { due_at: { to: null } } }]))).toBe(false);
});
