// Archived lists take no tasks from users; those that they hold stay usable.
import type { CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { List, Task } from '../../contract/index.js';
import { untilBlocked } from '../../testing/blocked.js';
import { occurrencesIn, recurrenceIn, revisionOf } from '../../testing/occurrences.js';
import { contextOf, createTasksWorld, type TasksOperations, type TasksWorld } from '../../testing/tasks-world.js';
import { codeOf, limitedTo } from '../../testing/trash.js';
import { lockList } from '../persistence/list-records.js';

let world: TasksWorld;
let api: TasksOperations;
let me: CallContext;
let list: List;
/** In the list. */
let inside: Task;
/** In the Inbox. */
let outside: Task;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(async () => {
  me = contextOf(uuidv7());
  list = await api.createList({ title: 'Old' }, me);
  inside = await api.createTask({ title: 'Inside', list_id: list.id }, me);
  outside = await api.createTask({ title: 'Outside' }, me);
  await api.updateList({ id: list.id, patch: { archived: true } }, me);
});

const refused = { code: 'list_archived', details: { list_id: '' } };
beforeEach(() => {
  refused.details.list_id = list.id;
});

test('none is created in it, also not below or beside one of its tasks', async () => {
  for (const place of [{ list_id: list.id }, { parent_id: inside.id }, { list_id: list.id, after: inside.id }]) {
    await expect(api.createTask({ title: 'New', ...place }, me)).rejects.toMatchObject(refused);
  }
  expect((await api.getList({ id: list.id }, me)).counts.total).toBe(1);
});

test('none is moved into it, with or without a place', async () => {
  for (const patch of [{ list_id: list.id }, { list_id: list.id, before: inside.id }]) {
    await expect(api.updateTask({ id: outside.id, patch }, me)).rejects.toMatchObject(refused);
  }
  await expect(api.replaceTask({ id: outside.id, title: 'Out', list_id: list.id }, me)).rejects.toMatchObject(refused);
  await expect(api.deleteList({ id: await another(), tasks: 'move', to: list.id }, me)).rejects.toMatchObject(refused);
  expect(await api.getTask({ id: outside.id }, me)).toMatchObject({ version: 1 });
});

async function another(): Promise<string> {
  const { id } = await api.createList({ title: 'Another' }, me);
  await api.createTask({ title: 'Task', list_id: id }, me);
  return id;
}

function create(list_id: string) {
  return { op: 'create' as const, task: { title: 'New', list_id } };
}

test('a batch names the operation that is refused', async () => {
  const move = { op: 'update' as const, id: outside.id, patch: { list_id: list.id } };
  const operations = [create(outside.list_id), create(list.id), move];
  await expect(api.batchTasks({ operations }, me)).rejects.toMatchObject({
    code: 'list_archived',
    details: { operation: 1, list_id: list.id },
  });
  const { results } = await api.batchTasks({ mode: 'each', operations }, me);
  expect(results.map(({ status, error }) => error?.code ?? status)).toEqual([201, 'list_archived', 'list_archived']);
});

test('its tasks are read, changed, ordered, completed, moved out and deleted', async () => {
  const other = await api.updateList({ id: list.id, patch: { archived: false } }, me).then(async () => {
    const task = await api.createTask({ title: 'Other', list_id: list.id }, me);
    await api.updateList({ id: list.id, patch: { archived: true } }, me);
    return task;
  });
  await api.updateTask({ id: inside.id, patch: { title: 'Changed', after: other.id } }, me);
  await api.updateTask({ id: other.id, patch: { status: 'done' } }, me);
  const { items } = await api.findTasksOfList({ id: list.id, order_by: 'position' }, me);
  expect(items.map(({ title, status }) => [title, status])).toEqual([
    ['Other', 'done'],
    ['Changed', 'todo'],
  ]);
  await api.updateTask({ id: inside.id, patch: { list_id: outside.list_id } }, me);
  await api.deleteTask({ id: other.id }, me);
  await world.trash().restoreFromTrash({ id: other.id }, me);
  expect((await api.getList({ id: list.id }, me)).counts.total).toBe(1);
});

test('its templates continue until somebody pauses them', async () => {
  const recurrence = recurrenceIn(me.principal.workspaceId);
  const [first] = occurrencesIn(list.id, 1);
  const [second] = occurrencesIn(outside.list_id, 1);
  const occurrences = world.occurrences();
  const made = await occurrences.materialise(recurrence, { occurrences: [first, second] });
  expect(made.results.map(({ outcome }) => outcome)).toEqual(['created', 'created']);
  const moved = await occurrences.revise(recurrence, { revisions: [revisionOf(second, { list_id: list.id })] });
  expect(moved.results.map(({ outcome }) => outcome)).toEqual(['revised']);
  expect(await api.getTask({ id: second.task_id }, me)).toMatchObject({ list_id: list.id });
});

test('a task that was on its way when the list was archived is refused', async () => {
  await api.updateList({ id: list.id, patch: { archived: false } }, me);
  const late: Promise<string>[] = [];
  await world.database.transaction(async (on) => {
    await lockList(on, me.principal.workspaceId, list.id);
    late.push(codeOf(api.createTask({ title: 'Late', list_id: list.id }, me)));
    late.push(codeOf(api.updateTask({ id: outside.id, patch: { list_id: list.id } }, me)));
    await untilBlocked(world.database, 2);
    await on.query('UPDATE tasks.list SET archived_at = now() WHERE id = $1', [list.id]);
  });
  expect(await Promise.all(late)).toEqual(['list_archived', 'list_archived']);
});

test('a caller who does not reach it hears nothing of it', async () => {
  const limited = limitedTo(me, outside.list_id);
  const stranger = contextOf(uuidv7());
  expect(await codeOf(api.createTask({ title: 'New', list_id: list.id }, limited))).toBe('list_not_found');
  expect(await codeOf(api.createTask({ title: 'New', list_id: list.id }, stranger))).toBe('list_not_found');
  expect(await codeOf(api.updateTask({ id: outside.id, patch: { list_id: list.id } }, limited))).toBe('list_not_found');
});
