import type { CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import { MAX_RELATIONS, type RelationKind, type Task } from '../../contract/index.js';
import { createTasksWorld, type TasksOperations, type TasksWorld } from '../../testing/tasks-world.js';
import { callers, codeOf, eventsOf, limitedTo, namesOf } from '../../testing/trash.js';

let world: TasksWorld;
let api: TasksOperations;
let me: CallContext;
let stranger: CallContext;
let lists: [string, string];
let task: Task;
let other: Task;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(async () => {
  ({ me, stranger } = callers());
  const one = await api.createList({ title: 'One' }, me);
  const two = await api.createList({ title: 'Two' }, me);
  lists = [one.id, two.id];
  task = await made('Paint');
  other = await made('Buy paint', two.id);
});

function made(title: string, list_id: string = lists[0]): Promise<Task> {
  return api.createTask({ title, list_id }, me);
}

const relate = (from: Task, kind: RelationKind, to: Task, call = me) =>
  api.createRelation({ id: from.id, kind, task_id: to.id }, call);

async function relationsOf({ id }: Task, query: { kind?: RelationKind; limit?: number } = {}, call = me) {
  const { items } = await api.findRelations({ id, ...query }, call);
  return items.map(({ kind, task: { title } }) => [kind, title]);
}

test.each([
  ['blocks', 'blocked_by'],
  ['blocked_by', 'blocks'],
  ['relates_to', 'relates_to'],
  ['duplicates', 'duplicated_by'],
  ['duplicated_by', 'duplicates'],
] as const)('%s is %s as seen from the other task', async (kind, inverse) => {
  const relation = await relate(task, kind, other);
  expect(relation).toEqual({
    id: expect.any(String),
    kind,
    task: { id: other.id, title: 'Buy paint', status: 'todo', list_id: lists[1] },
    created_at: expect.stringMatching(/Z$/),
  });
  expect((await api.findRelations({ id: task.id }, me)).items).toEqual([relation]);
  expect(await relationsOf(other)).toEqual([[inverse, 'Paint']]);
  expect(await relationsOf(task, { kind })).toHaveLength(1);
  expect(await relationsOf(other, { kind: inverse })).toHaveLength(1);
  expect(await relationsOf(task, { kind: inverse })).toHaveLength(kind === inverse ? 1 : 0);
});

test('each change of relations is a change of both tasks, with an event of each', async () => {
  const { id } = await relate(task, 'blocked_by', other);
  await api.deleteRelation({ id: other.id, relation_id: id }, me);
  const seen = { task: { id, kind: 'blocked_by', task_id: other.id }, other: { id, kind: 'blocks', task_id: task.id } };
  for (const [of, fact, listId] of [
    [task, seen.task, lists[0]],
    [other, seen.other, lists[1]],
  ] as const) {
    const [, related, unrelated] = await eventsOf(world, of.id);
    expect(related).toMatchObject({
      event: 'related',
      version: 2,
      changes: { relations: { from: null, to: fact } },
      list_id: listId,
      origin: 'user',
    });
    expect(unrelated).toMatchObject({
      event: 'unrelated',
      version: 3,
      changes: { relations: { from: fact, to: null } },
    });
    const after = await api.getTask({ id: of.id }, me);
    expect(after.version).toBe(3);
    expect(after.updated_at > of.updated_at).toBe(true);
  }
  expect(await relationsOf(task)).toEqual([]);
});

test.each([
  ['blocks', 'blocks', false],
  ['relates_to', 'relates_to', false],
  ['relates_to', 'relates_to', true],
  ['duplicates', 'duplicates', false],
  ['duplicates', 'duplicates', true],
] as const)('%s and then %s of the same two tasks (opposite: %s) is a duplicate', async (first, second, opposite) => {
  const { id } = await relate(task, first, other);
  const again = opposite ? relate(other, second, task) : relate(task, second, other);
  await expect(again).rejects.toMatchObject({ code: 'duplicate_relation', details: { relation_id: id } });
  expect(await namesOf(world, task.id)).toEqual(['created', 'related']);
});

test('two tasks may have relations of several kinds', async () => {
  await relate(task, 'blocks', other);
  await relate(task, 'relates_to', other);
  await relate(other, 'duplicates', task);
  expect(await relationsOf(task)).toEqual([
    ['blocks', 'Buy paint'],
    ['relates_to', 'Buy paint'],
    ['duplicated_by', 'Buy paint'],
  ]);
});

test('a task has no relation with itself, nor with one that is not there', async () => {
  const self = api.createRelation({ id: task.id, kind: 'blocks', task_id: task.id.toUpperCase() }, me);
  await expect(self).rejects.toMatchObject({ code: 'validation_error', details: [{ field: 'task_id' }] });
  const gone = Object.assign({}, other, { id: uuidv7() });
  await expect(relate(task, 'blocks', gone)).rejects.toMatchObject({
    code: 'task_not_found',
    details: { id: gone.id },
  });
  await expect(relate(gone, 'blocks', task)).rejects.toMatchObject({ details: { id: gone.id } });
});

test('nobody relates, sees or unrelates tasks of another workspace', async () => {
  const theirList = await api.createList({ title: 'Theirs' }, stranger);
  const theirs = await api.createTask({ title: 'Theirs', list_id: theirList.id }, stranger);
  const { id } = await relate(task, 'blocks', other);
  const codes = [
    codeOf(relate(task, 'blocks', theirs)),
    codeOf(relate(theirs, 'blocks', task)),
    codeOf(relate(task, 'blocks', theirs, stranger)),
    codeOf(relationsOf(task, {}, stranger)),
    codeOf(api.deleteRelation({ id: task.id, relation_id: id }, stranger)),
  ];
  expect(await Promise.all(codes)).toEqual(codes.map(() => 'task_not_found'));
  expect(await codeOf(api.deleteRelation({ id: theirs.id, relation_id: id }, stranger))).toBe('relation_not_found');
  expect(await relationsOf(task)).toHaveLength(1);
});

test('a relation of other tasks is not found below a task', async () => {
  const third = await made('Third');
  const { id } = await relate(task, 'blocks', other);
  expect(await codeOf(api.deleteRelation({ id: third.id, relation_id: id }, me))).toBe('relation_not_found');
  expect(await codeOf(api.deleteRelation({ id: task.id, relation_id: uuidv7() }, me))).toBe('relation_not_found');
  expect(await namesOf(world, third.id)).toEqual(['created']);
});

test('for those who are limited to lists, tasks of others are as if not there', async () => {
  const near = await made('Near');
  const { id } = await relate(task, 'blocked_by', other);
  await relate(task, 'relates_to', near);
  const limited = limitedTo(me, lists[0]);
  expect(await relationsOf(task, {}, limited)).toEqual([['relates_to', 'Near']]);
  expect(await codeOf(relate(near, 'blocks', other, limited))).toBe('task_not_found');
  expect(await codeOf(api.deleteRelation({ id: task.id, relation_id: id }, limited))).toBe('relation_not_found');
  expect(await codeOf(relationsOf(other, {}, limited))).toBe('task_not_found');
  expect(await relationsOf(other)).toHaveLength(1);
  const whole = limitedTo(me, ...lists);
  expect(await codeOf(api.deleteRelation({ id: task.id, relation_id: id }, whole))).toBe('ok');
});

describe('blocking', () => {
  test('in a circle is refused, whichever way it is asked for and however long it is', async () => {
    const third = await made('Third');
    const fourth = await made('Fourth');
    await relate(task, 'blocks', other);
    await relate(third, 'blocked_by', other);
    await relate(third, 'blocks', fourth);
    for (const [from, kind, to] of [
      [other, 'blocks', task],
      [task, 'blocked_by', other],
      [fourth, 'blocks', task],
      [task, 'blocked_by', fourth],
      [third, 'blocks', other],
    ] as const) {
      await expect(relate(from, kind, to)).rejects.toMatchObject({
        kind: 'invalid',
        code: 'blocking_cycle',
        details: [{ field: 'task_id' }],
      });
    }
    // The same way by another path is no circle.
    await relate(task, 'blocks', fourth);
    // Nor are other kinds.
    await relate(fourth, 'duplicates', task);
  });

  test('in a circle through a task in the trash is refused, which may be restored; once it is purged, it is not', async () => {
    const third = await made('Third');
    await relate(task, 'blocks', other);
    await relate(other, 'blocks', third);
    await api.deleteTask({ id: other.id }, me);
    await expect(relate(third, 'blocks', task)).rejects.toMatchObject({ code: 'blocking_cycle' });
    await world.trash().deleteFromTrash({ id: other.id }, me);
    await relate(third, 'blocks', task);
  });
});

test('a task has a bounded number of relations', async () => {
  await world.database.query(
    `INSERT INTO tasks.relation SELECT gen_random_uuid(), $1, 'relates_to',
       CASE WHEN n % 2 = 0 THEN $2::uuid ELSE gen_random_uuid() END, CASE WHEN n % 2 = 0 THEN gen_random_uuid() ELSE $2::uuid END,
       now(), 'user', 'x' FROM generate_series(2, $3::int) n`,
    [me.principal.workspaceId, other.id, MAX_RELATIONS],
  );
  await relate(task, 'blocks', other);
  const third = await made('Third');
  const details = { task_id: other.id, limit: MAX_RELATIONS };
  await expect(relate(third, 'blocks', other)).rejects.toMatchObject({ code: 'too_many_relations', details });
  await expect(relate(other, 'blocks', third)).rejects.toMatchObject({ code: 'too_many_relations', details });
  expect(await namesOf(world, third.id)).toEqual(['created']);
});

test('pages go through all relations in both directions', async () => {
  const titles = Array.from({ length: 7 }, (_, index) => `Task ${index}`);
  for (const [index, title] of titles.entries())
    await relate(task, index % 2 ? 'blocks' : 'blocked_by', await made(title));
  for (const order_dir of ['asc', 'desc'] as const) {
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const { items, page } = await api.findRelations(
        { id: task.id, limit: 3, order_dir, count: 'exact', ...(cursor !== undefined && { cursor }) },
        me,
      );
      expect(page.total).toBe(7);
      found.push(...items.map((item) => item.task.title));
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    expect(found).toEqual(order_dir === 'asc' ? titles : titles.toReversed());
  }
  expect(await relationsOf(task, { kind: 'blocks' })).toHaveLength(3);
  const { page } = await api.findRelations({ id: task.id, limit: 3 }, me);
  const elsewhere = api.findRelations({ id: other.id, limit: 3, cursor: page.next_cursor ?? '' }, me);
  await expect(elsewhere).rejects.toMatchObject({ code: 'validation_error' });
});

test('a repeat with the same Idempotency-Key is answered the same', async () => {
  const keyed = { ...me, idempotencyKey: 'once' };
  const first = await relate(task, 'blocks', other, keyed);
  expect(await relate(task, 'blocks', other, keyed)).toEqual(first);
  expect(await namesOf(world, task.id)).toEqual(['created', 'related']);
  expect(await codeOf(relate(task, 'relates_to', other, keyed))).toBe('idempotency_key_reused');
  expect(await codeOf(relate(task, 'blocks', other, limitedTo(keyed, lists[0])))).toBe('idempotency_key_reused');
});

async function rows(): Promise<number> {
  const found = await world.database.query('SELECT FROM tasks.relation WHERE workspace_id = $1', [
    me.principal.workspaceId,
  ]);
  return found.length;
}

describe('the trash', () => {
  test('a deleted task has no relations until it is restored', async () => {
    const { id } = await relate(task, 'blocks', other);
    await api.deleteTask({ id: other.id }, me);
    expect(await relationsOf(task)).toEqual([]);
    expect((await api.findRelations({ id: task.id, count: 'exact' }, me)).page.total).toBe(0);
    expect(await codeOf(api.deleteRelation({ id: task.id, relation_id: id }, me))).toBe('relation_not_found');
    expect(await codeOf(relate(task, 'relates_to', other))).toBe('task_not_found');
    await world.trash().restoreFromTrash({ id: other.id }, me);
    expect(await relationsOf(task)).toEqual([['blocks', 'Buy paint']]);
    expect(await relationsOf(other)).toEqual([['blocked_by', 'Paint']]);
    // The other task has not changed.
    expect(await namesOf(world, task.id)).toEqual(['created', 'related']);
  });

  test.each(['task', 'other'] as const)('relations go with a task that is purged: %s', async (which) => {
    const kept = await made('Kept');
    await relate(task, 'blocks', other);
    await relate(task, 'blocks', kept);
    await relate(other, 'blocks', kept);
    const gone = which === 'task' ? task : other;
    await api.deleteTask({ id: gone.id }, me);
    expect(await rows()).toBe(3);
    await world.trash().deleteFromTrash({ id: gone.id }, me);
    expect(await rows()).toBe(1);
    expect(await relationsOf(kept)).toEqual([['blocked_by', which === 'task' ? 'Buy paint' : 'Paint']]);
  });

  test('relations go with a task that bypasses the trash, and with a list', async () => {
    const kept = await made('Kept');
    await relate(task, 'blocks', other);
    await relate(task, 'blocks', kept);
    await api.deleteTask({ id: task.id, permanent: 'true' }, me);
    expect(await rows()).toBe(0);
    await relate(kept, 'blocks', other);
    await api.deleteList({ id: lists[1], tasks: 'delete', permanent: 'true' }, me);
    expect(await rows()).toBe(0);
  });

  test('relations go with their workspace, also those of tasks in the trash', async () => {
    const { EraseWorkspace } = await import('../lists/erase-workspace.js');
    const third = await made('Third');
    await relate(task, 'blocks', other);
    await relate(other, 'blocks', third);
    await api.deleteTask({ id: task.id }, me);
    await api.deleteTask({ id: other.id }, me);
    await world.node.get(EraseWorkspace).erase(me.principal.workspaceId, 'test');
    expect(await rows()).toBe(0);
  });
});
