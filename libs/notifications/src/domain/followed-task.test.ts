// Events in any order, delivered any number of times, lead to the same task.
import * as fc from 'fast-check';
import {
  applyChange,
  isComplete,
  isRelevant,
  snapshotOf,
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

function taskAfter(changes: readonly TaskChange[]): FollowedTask {
  return changes.reduce<FollowedTask>(applyChange, UNKNOWN_TASK);
}

const change = fc.record(
  {
    title: fc.record({ to: fc.string() }),
    status: fc.record({ to: fc.constantFrom('todo', 'done') }),
    due_on: fc.record({ to: fc.constantFrom('2026-05-08', null) }),
  },
  { requiredKeys: [] },
);

test('creation sets every field, also those that it does not name', () => {
  expect(taskAfter([CREATED])).toMatchObject(FACTS);
  expect(isComplete(taskAfter([CREATED]))).toBe(true);
});

test('reordered and repeated events lead to the same task', () => {
  const endings = fc.constantFrom([], ['deleted'], ['deleted', 'restored'], ['deleted', 'restored', 'deleted']);
  const history = fc.tuple(fc.array(change, { maxLength: 6 }), endings).map(([changes, ending]): TaskChange[] => {
    const updates = changes.map((one, index) => ({ version: index + 2, event: 'updated', changes: one }));
    const last = ending.map((event, index) => ({
      version: changes.length + 2 + index,
      event,
      changes: event === 'restored' ? CREATED.changes : {},
    }));
    return [CREATED].concat(updates, last);
  });
  const shuffled = history.chain((events) =>
    fc.tuple(
      fc.constant(events),
      fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2, maxLength: events.length * 2 }),
    ),
  );
  fc.assert(
    fc.property(shuffled, ([inOrder, mixed]) => {
      expect(taskAfter(mixed)).toEqual(taskAfter(inOrder));
    }),
  );
});

test('a late event does not restore a deleted task', () => {
  const late = { version: 2, event: 'status_changed', changes: { status: { to: 'in_progress' } } };
  expect(taskAfter([{ version: 3, event: 'deleted', changes: {} }, CREATED, late])).toMatchObject({
    title: null,
    status: null,
  });
});

test('a restored task is followed again, whatever is heard late', () => {
  const deletion = { version: 2, event: 'deleted', changes: {} };
  const restored = { ...CREATED, version: 3, event: 'restored' };
  for (const order of [[CREATED, deletion, restored], [restored, deletion, CREATED], [restored]]) {
    expect(taskAfter(order)).toMatchObject(FACTS);
    expect(isComplete(taskAfter(order))).toBe(true);
  }
});

test('a snapshot replaces the events up to its version', () => {
  const whole = snapshotOf({ ...FACTS, title: 'Bake bread', version: 5 });
  const later = { version: 6, event: 'updated', changes: { title: { to: 'Bake rolls' } } };
  const earlier = { version: 4, event: 'updated', changes: { title: { to: 'Bake' } } };
  for (const order of [
    [later, whole, earlier],
    [earlier, whole, later],
  ]) {
    expect(taskAfter(order)).toMatchObject({ ...FACTS, title: 'Bake rolls' });
  }
});

test.each<[string, TaskChange['changes'], boolean]>([
  ['updated', { description: { to: 'x' } }, false],
  ['updated', { due_at: { to: null } }, true],
  ['deleted', {}, true],
])('%s with %j is relevant: %s', (event, changes, expected) => {
  expect(isRelevant({ version: 2, event, changes })).toBe(expected);
});

test('a task is incomplete until every field is known', () => {
  expect(isComplete(taskAfter([{ version: 9, event: 'updated', changes: { due_at: { to: null } } }]))).toBe(false);
});
