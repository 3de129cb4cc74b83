// Completing, reopening, moving and duplicating tasks, each by its own operation.
import { DomainError, type CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { List, Task } from '../../contract/index.js';
import { occurrencesIn, recurrenceIn } from '../../testing/occurrences.js';
import { contextOf, createTasksWorld, type TasksOperations, type TasksWorld } from '../../testing/tasks-world.js';

let world: TasksWorld;
let api: TasksOperations;
let me: CallContext;
let list: List;
let other: List;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(async () => {
  me = contextOf(uuidv7());
  list = await api.createList({ title: 'List' }, me);
  other = await api.createList({ title: 'Other' }, me);
});

const make = (title: string, more: object = {}): Promise<Task> =>
  api.createTask({ title, list_id: list.id, ...more }, me);
const get = ({ id }: Pick<Task, 'id'>): Promise<Task> => api.getTask({ id }, me);

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => 'ok',
    (thrown: unknown) => thrown,
  );
  return error instanceof DomainError ? error.code : String(error);
}

async function eventsOf({ id }: Pick<Task, 'id'>): Promise<string[]> {
  const rows = await world.database.query<{ version: number; event: string }>(
    `SELECT version, payload->>'event' AS event FROM tasks.outbox WHERE aggregate_id = $1 ORDER BY seq`,
    [id],
  );
  return rows.map(({ version, event }) => `${version} ${event}`);
}

async function titlesOf(listId: string): Promise<string[]> {
  const { items } = await api.findTasksOfList({ id: listId, order_by: 'position' }, me);
  return items.map(({ title }) => title);
}

describe('complete and reopen', () => {
  test('complete moves to done once; again, it changes nothing', async () => {
    const { id } = await make('Paint');
    const done = await api.completeTask({ id }, me);
    expect(done).toMatchObject({ status: 'done', version: 2, completed_at: expect.any(String) });
    expect(await api.completeTask({ id }, me)).toEqual(done);
    expect(await eventsOf({ id })).toEqual(['1 created', '2 completed']);
  });

  test('complete warns of open tasks that block it, as a change does', async () => {
    const [task, blocker] = [await make('Paint'), await make('Sand')];
    await api.createRelation({ id: blocker.id, kind: 'blocks', task_id: task.id }, me);
    const { warnings } = await api.completeTask({ id: task.id }, me);
    expect(warnings).toMatchObject([{ code: 'blocked', task_ids: [blocker.id] }]);
  });

  test.each(['done', 'archived', 'cancelled'] as const)('reopen moves from %s to todo', async (status) => {
    const { id } = await make('Paint', { status });
    expect(await api.reopenTask({ id }, me)).toMatchObject({ status: 'todo', version: 2, completed_at: null });
    expect(await eventsOf({ id })).toEqual(['1 created', '2 status_changed']);
  });

  test.each(['todo', 'in_progress', 'blocked'] as const)('reopen leaves a task that is %s', async (status) => {
    const task = await make('Paint', { status });
    expect(await api.reopenTask({ id: task.id }, me)).toEqual(task);
    expect(await eventsOf(task)).toEqual(['1 created']);
  });

  test('If-Match guards both, also where nothing would change', async () => {
    const { id } = await make('Paint', { status: 'in_progress' });
    const stale = { ...me, expectedVersion: 7 };
    expect(await codeOf(api.completeTask({ id }, stale))).toBe('version_conflict');
    expect(await codeOf(api.reopenTask({ id }, stale))).toBe('version_conflict');
    await api.completeTask({ id }, { ...me, expectedVersion: 1 });
    expect(await codeOf(api.completeTask({ id }, stale))).toBe('version_conflict');
    expect(await codeOf(api.reopenTask({ id }, stale))).toBe('version_conflict');
    expect(await get({ id })).toMatchObject({ status: 'done', version: 2 });
  });

  test('many at once complete and reopen a task without a lost event', async () => {
    const { id } = await make('Paint');
    const calls = Array.from({ length: 12 }, (_, index) =>
      index % 2 === 0 ? api.completeTask({ id }, me) : api.reopenTask({ id }, me),
    );
    for (const { status } of await Promise.all(calls)) expect(['todo', 'done']).toContain(status);
    const { version } = await get({ id });
    expect(await eventsOf({ id })).toHaveLength(version);
  });

  test('the workflow of the list is obeyed', async () => {
    await api.replaceWorkflow({ id: list.id, transitions: { todo: ['in_progress'], in_progress: ['done'] } }, me);
    const { id } = await make('Paint');
    expect(await codeOf(api.completeTask({ id }, me))).toBe('invalid_transition');
    await api.updateTask({ id, patch: { status: 'in_progress' } }, me);
    expect(await api.completeTask({ id }, me)).toMatchObject({ status: 'done' });
    expect(await codeOf(api.reopenTask({ id }, me))).toBe('invalid_transition');
  });

  test('tasks of another workspace are not found', async () => {
    const { id } = await make('Paint');
    const stranger = contextOf(uuidv7());
    expect(await codeOf(api.completeTask({ id }, stranger))).toBe('task_not_found');
    expect(await codeOf(api.reopenTask({ id }, stranger))).toBe('task_not_found');
    expect(await codeOf(api.moveTask({ id, parent_id: null }, stranger))).toBe('task_not_found');
    expect(await codeOf(api.duplicateTask({ id }, stranger))).toBe('task_not_found');
  });
});

describe('move', () => {
  test('to another list, below a parent, and beside a neighbour', async () => {
    const [one, two, three] = [await make('1'), await make('2'), await make('3')];
    expect(await api.moveTask({ id: three.id, before: one.id }, me)).toMatchObject({ version: 2 });
    expect(await titlesOf(list.id)).toEqual(['3', '1', '2']);
    expect(await api.moveTask({ id: two.id, list_id: other.id }, me)).toMatchObject({ list_id: other.id });
    expect(await api.moveTask({ id: three.id, parent_id: one.id }, me)).toMatchObject({ parent_id: one.id });
    expect(await api.moveTask({ id: three.id, parent_id: null }, me)).toMatchObject({ parent_id: null });
    expect(await eventsOf(three)).toEqual(['1 created', '2 updated', '3 updated', '4 updated']);
  });

  test('below a parent, it gets into the list of the parent unless another is named', async () => {
    const parent = await make('Parent', { list_id: other.id });
    const [one, two] = [await make('1'), await make('2')];
    expect(await api.moveTask({ id: one.id, parent_id: parent.id }, me)).toMatchObject({ list_id: other.id });
    expect(await api.moveTask({ id: two.id, parent_id: parent.id, list_id: list.id }, me)).toMatchObject({
      list_id: list.id,
      parent_id: parent.id,
    });
  });

  test('is refused where a change would be, and needs a field', async () => {
    const parent = await make('Parent');
    const child = await make('Child', { parent_id: parent.id });
    expect(await codeOf(api.moveTask({ id: parent.id, parent_id: child.id }, me))).toBe('parent_cycle');
    expect(await codeOf(api.moveTask({ id: child.id, parent_id: uuidv7() }, me))).toBe('task_not_found');
    expect(await codeOf(api.moveTask({ id: child.id, list_id: uuidv7() }, me))).toBe('list_not_found');
    expect(await codeOf(api.moveTask({ id: child.id }, me))).toBe('empty_update');
    const stale = { ...me, expectedVersion: 7 };
    expect(await codeOf(api.moveTask({ id: child.id, list_id: other.id }, stale))).toBe('version_conflict');
    expect(await get(child)).toEqual(child);
  });
});

describe('duplicate', () => {
  const CONTENT = {
    description: 'Two coats',
    priority: 'high',
    tags: ['paint'],
    due_on: '2026-05-08',
    starts_on: '2026-05-01',
    timezone: 'Europe/Berlin',
    estimated_duration: 'PT2H',
  } as const;

  test('is a new task with the same content in todo, right behind the task', async () => {
    const user = uuidv7();
    const task = await make('Paint', { ...CONTENT, assignee_id: user, status: 'in_progress' });
    await make('Next');
    const twin = await api.duplicateTask({ id: task.id }, me);
    expect(twin).toMatchObject({ title: 'Paint', ...CONTENT, assignee_id: user, status: 'todo', version: 1 });
    expect(twin.id).not.toBe(task.id);
    expect(await titlesOf(list.id)).toEqual(['Paint', 'Paint', 'Next']);
    expect(await eventsOf(twin)).toEqual(['1 created']);
    expect(await get(task)).toEqual(task);
  });

  test('leaves out what is not wanted', async () => {
    const task = await make('Paint', { ...CONTENT, assignee_id: uuidv7() });
    await make('Sand', { parent_id: task.id });
    const without = { with_tags: false, with_dates: false, with_assignee: false, with_subtasks: false };
    const twin = await api.duplicateTask({ id: task.id, title: 'Paint again', ...without }, me);
    const { due_on: _due, starts_on: _starts, ...rest } = CONTENT;
    expect(twin).toMatchObject({ ...rest, title: 'Paint again', tags: [], assignee_id: null, due_on: null });
    expect(twin.starts_on).toBeNull();
    expect((await api.findTasks({ parent_id: twin.id }, me)).items).toEqual([]);
  });

  test('has copies of the subtasks at all levels, in their order, but of those that are put away', async () => {
    const root = await make('Root');
    const [one, two] = [await make('1', { parent_id: root.id }), await make('2', { parent_id: root.id })];
    await api.updateTask({ id: two.id, patch: { before: one.id } }, me);
    const deep = await make('Deep', { parent_id: one.id, status: 'done' });
    const gone = await make('Gone', { parent_id: root.id, status: 'archived' });
    await make('Below', { parent_id: gone.id });
    await make('Elsewhere', { parent_id: two.id, list_id: other.id });

    const twin = await api.duplicateTask({ id: root.id }, me);
    const below = async (id: string) => (await api.findTasks({ parent_id: id, order_by: 'position' }, me)).items;
    const children = await below(twin.id);
    expect(children.map(({ title }) => title)).toEqual(['2', '1']);
    const [newTwo, newOne] = children;
    expect(await below(newOne?.id ?? '')).toMatchObject([{ title: 'Deep', status: 'todo', list_id: list.id }]);
    expect(await below(newTwo?.id ?? '')).toMatchObject([{ title: 'Elsewhere', list_id: other.id }]);
    for (const child of children) expect(await eventsOf(child)).toEqual(['1 created']);
    expect(await get(deep)).toMatchObject({ parent_id: one.id, version: 1 });
  });

  test('keeps its parent in the same list, and has none in another', async () => {
    const parent = await make('Parent');
    const task = await make('Child', { parent_id: parent.id });
    await make('Below', { parent_id: task.id });
    expect(await api.duplicateTask({ id: task.id }, me)).toMatchObject({ parent_id: parent.id, list_id: list.id });
    const away = await api.duplicateTask({ id: task.id, list_id: other.id }, me);
    expect(away).toMatchObject({ parent_id: null, list_id: other.id });
    expect((await api.findTasks({ parent_id: away.id }, me)).items).toMatchObject([{ list_id: other.id }]);
  });

  test('of an occurrence it is a plain task', async () => {
    const [occurrence] = occurrencesIn(list.id, 1);
    await world.occurrences().materialise(recurrenceIn(me.principal.workspaceId), { occurrences: [occurrence] });
    const twin = await api.duplicateTask({ id: occurrence.task_id }, me);
    expect(twin).toMatchObject({ template_id: null, series_id: null, original_start: null });
  });

  test('leaves out an assignee who is no member any more', async () => {
    const user = uuidv7();
    const task = await make('Paint', { assignee_id: user, status: 'done' });
    await make('Sand', { assignee_id: user, parent_id: task.id, status: 'done' });
    world.strangers.add(user);
    const twin = await api.duplicateTask({ id: task.id }, me);
    expect(twin.assignee_id).toBeNull();
    expect((await api.findTasks({ parent_id: twin.id }, me)).items).toMatchObject([{ assignee_id: null }]);
  });

  test('to a list of unique titles, it needs another title, and nothing is left of a refusal', async () => {
    const strict = await api.createList({ title: 'Strict', title_policy: 'unique' }, me);
    const task = await make('Paint', { list_id: strict.id });
    expect(await codeOf(api.duplicateTask({ id: task.id }, me))).toBe('duplicate_task');
    expect(await api.duplicateTask({ id: task.id, title: 'Paint again' }, me)).toMatchObject({ title: 'Paint again' });
    const sand = await make('Sand', { list_id: strict.id, parent_id: task.id });
    const refused = api.duplicateTask({ id: task.id, title: 'Third' }, me);
    await expect(refused).rejects.toMatchObject({
      code: 'duplicate_task',
      details: { title: sand.title, task_id: sand.id },
    });
    expect(await titlesOf(strict.id)).toEqual(['Paint', 'Paint again', 'Sand']);
  });

  test('obeys the workflow of its list', async () => {
    await api.replaceWorkflow({ id: other.id, guards: { todo: ['estimate_required'] } }, me);
    const task = await make('Paint', { estimated_duration: 'PT1H' });
    await make('Sand', { parent_id: task.id });
    expect(await codeOf(api.duplicateTask({ id: task.id, list_id: other.id }, me))).toBe('transition_guarded');
    expect(await titlesOf(other.id)).toEqual([]);
    const alone = await api.duplicateTask({ id: task.id, list_id: other.id, with_subtasks: false }, me);
    expect(alone.list_id).toBe(other.id);
  });

  test('is made once for an Idempotency-Key', async () => {
    const task = await make('Paint');
    const keyed = { ...me, idempotencyKey: 'twice' };
    const twin = await api.duplicateTask({ id: task.id }, keyed);
    expect(await api.duplicateTask({ id: task.id }, keyed)).toEqual(twin);
    expect(await titlesOf(list.id)).toEqual(['Paint', 'Paint']);
    const another = api.duplicateTask({ id: task.id, with_tags: false }, keyed);
    expect(await codeOf(another)).toBe('idempotency_key_reused');
  });

  test('If-Match, lists that are not there and too many subtasks are refused', async () => {
    const task = await make('Paint');
    expect(await codeOf(api.duplicateTask({ id: task.id }, { ...me, expectedVersion: 7 }))).toBe('version_conflict');
    expect(await codeOf(api.duplicateTask({ id: task.id, list_id: uuidv7() }, me))).toBe('list_not_found');
    const operation = { op: 'create' as const, task: { title: 'Below', list_id: list.id, parent_id: task.id } };
    await api.batchTasks({ operations: Array.from({ length: 251 }, () => operation) }, me);
    await api.batchTasks({ operations: Array.from({ length: 250 }, () => operation) }, me);
    expect(await codeOf(api.duplicateTask({ id: task.id }, me))).toBe('too_many_subtasks');
    expect((await api.findTasksOfList({ id: list.id, limit: 1, count: 'exact' }, me)).page.total).toBe(502);
  });

  test('a caller limited to some lists duplicates nothing that lies in others', async () => {
    const task = await make('Paint');
    const limited = { ...me, principal: { ...me.principal, listIds: [list.id] } };
    expect(await codeOf(api.duplicateTask({ id: task.id, list_id: other.id }, limited))).toBe('list_not_found');
    await make('Elsewhere', { parent_id: task.id, list_id: other.id });
    expect(await codeOf(api.duplicateTask({ id: task.id }, limited))).toBe('forbidden');
    expect(await codeOf(api.duplicateTask({ id: task.id, with_subtasks: false }, limited))).toBe('ok');
  });
});
