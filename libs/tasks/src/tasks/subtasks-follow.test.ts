// Subtasks that move with their parent to another list.
import { DomainError, type CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { List, Task, TaskPatch } from '../../contract/index.js';
import { contextOf, createTasksWorld, type TasksOperations, type TasksWorld } from '../../testing/tasks-world.js';

let world: TasksWorld;
let api: TasksOperations;
let me: CallContext;
let list: List;
let other: List;
let third: List;
let root: Task;
let first: Task;
let second: Task;
let deep: Task;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(async () => {
  me = contextOf(uuidv7());
  list = await api.createList({ title: 'List' }, me);
  other = await api.createList({ title: 'Other' }, me);
  third = await api.createList({ title: 'Third' }, me);
  root = await make('Root');
  first = await make('First', { parent_id: root.id });
  second = await make('Second', { parent_id: root.id, before: first.id });
  deep = await make('Deep', { parent_id: first.id, status: 'done' });
});

const make = (title: string, more: object = {}): Promise<Task> =>
  api.createTask({ title, list_id: list.id, ...more }, me);
const patch = (patched: Partial<Pick<TaskPatch, keyof TaskPatch>>, id = root.id): Promise<Task> =>
  api.updateTask({ id, patch: patched }, me);

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => 'ok',
    (thrown: unknown) => thrown,
  );
  return error instanceof DomainError ? error.code : String(error);
}

async function placesOf(...tasks: Task[]): Promise<string[]> {
  const titles = new Map([list, other, third].map(({ id, title }) => [id, title]));
  const now = await Promise.all(tasks.map(({ id }) => api.getTask({ id }, me)));
  return now.map(({ list_id: id }) => titles.get(id) ?? '');
}

const WAYS: Record<string, () => Promise<unknown>> = {
  PATCH: () => patch({ list_id: other.id }),
  PUT: () => api.replaceTask({ id: root.id, title: 'Root', list_id: other.id }, me),
  move: () => api.moveTask({ id: root.id, list_id: other.id }, me),
  'a batch': () => api.batchTasks({ operations: [{ op: 'update', id: root.id, patch: { list_id: other.id } }] }, me),
};

const move = ({ id }: Task, to: List) => ({ op: 'update' as const, id, patch: { list_id: to.id } });

describe('a task that moves to another list', () => {
  test.each(Object.keys(WAYS))('takes its subtasks at all levels along, by %s', async (way) => {
    await WAYS[way]?.();
    expect(await placesOf(root, first, second, deep)).toEqual(['Other', 'Other', 'Other', 'Other']);
    expect(await api.getTask({ id: deep.id }, me)).toMatchObject({ parent_id: first.id, status: 'done', version: 2 });
    const { items } = await api.findTasksOfList({ id: other.id, order_by: 'position' }, me);
    expect(items.map(({ title }) => title)).toEqual(['Root', 'Second', 'First', 'Deep']);
  });

  test('each has one event that names the list, and one time', async () => {
    await patch({ list_id: other.id });
    const events = await world.database.query<{ version: number; event: string; changes: object; at: string }>(
      `SELECT version, payload->>'event' AS event, payload->'changes' AS changes FROM tasks.outbox
       WHERE aggregate_id = ANY($1) AND version > 1 ORDER BY seq`,
      [[root.id, first.id, second.id, deep.id]],
    );
    const moved = { list_id: { from: list.id, to: other.id } };
    expect(events).toEqual(Array.from({ length: 4 }, () => ({ version: 2, event: 'updated', changes: moved })));
  });

  test.each([
    ['PATCH', () => patch({ list_id: other.id, move_subtasks: false })],
    ['move', () => api.moveTask({ id: root.id, list_id: other.id, move_subtasks: false }, me)],
  ])('leaves them with move_subtasks=false, by %s', async (_way, leave) => {
    await leave();
    expect(await placesOf(root, first, second, deep)).toEqual(['Other', 'List', 'List', 'List']);
    expect(await api.getTask({ id: first.id }, me)).toMatchObject({ version: first.version, list_id: list.id });
  });

  test('leaves subtasks of a third list there, with what is below them', async () => {
    await patch({ list_id: third.id, move_subtasks: false }, first.id);
    await patch({ list_id: other.id });
    expect(await placesOf(root, first, second, deep)).toEqual(['Other', 'Third', 'Other', 'List']);
  });

  test('a move that changes no list, or is below a parent in the same list, moves nothing else', async () => {
    const parent = await make('Parent');
    await patch({ parent_id: parent.id });
    await patch({ list_id: list.id, title: 'Renamed' });
    expect(await api.getTask({ id: first.id }, me)).toMatchObject({ version: first.version, list_id: list.id });
  });

  test('below a parent of another list, the whole tree gets there and keeps its levels', async () => {
    const parent = await make('Parent', { list_id: other.id });
    await api.moveTask({ id: root.id, parent_id: parent.id }, me);
    expect(await placesOf(root, first, second, deep)).toEqual(['Other', 'Other', 'Other', 'Other']);
    const tooDeep = await make('Bottom', { list_id: other.id, parent_id: deep.id });
    expect(await codeOf(api.moveTask({ id: parent.id, parent_id: tooDeep.id }, me))).toBe('parent_cycle');
  });

  test('to a list of unique titles: 409 names the title of the subtask, and all stay', async () => {
    const strict = await api.createList({ title: 'Strict', title_policy: 'unique' }, me);
    await make('SECOND', { list_id: strict.id });
    await expect(patch({ list_id: strict.id })).rejects.toMatchObject({
      code: 'duplicate_task',
      details: { title: 'Second' },
    });
    expect(await placesOf(root, first, second, deep)).toEqual(['List', 'List', 'List', 'List']);
    await patch({ list_id: strict.id, move_subtasks: false });
    expect((await api.getTask({ id: root.id }, me)).list_id).toBe(strict.id);
  });

  test('obeys the workflow of the new list with all of its subtasks', async () => {
    await patch({ status: 'in_progress' }, first.id);
    await patch({ status: 'in_progress' }, second.id);
    await api.replaceWorkflow({ id: other.id, wip_limits: { in_progress: 1 } }, me);
    expect(await codeOf(patch({ list_id: other.id }))).toBe('wip_limit_exceeded');
    expect(await placesOf(root, first, second, deep)).toEqual(['List', 'List', 'List', 'List']);
    await patch({ status: 'todo' }, second.id);
    await patch({ list_id: other.id });
    expect(await placesOf(root, first, second, deep)).toEqual(['Other', 'Other', 'Other', 'Other']);
  });

  test('an archived list refuses it', async () => {
    await api.updateList({ id: other.id, patch: { archived: true } }, me);
    expect(await codeOf(patch({ list_id: other.id }))).toBe('list_archived');
    expect(await placesOf(root, first)).toEqual(['List', 'List']);
  });

  test('a batch moves parents and subtasks in the order of its operations', async () => {
    await api.batchTasks({ operations: [move(root, other), move(second, third)] }, me);
    expect(await placesOf(root, first, second, deep)).toEqual(['Other', 'Other', 'Third', 'Other']);
    await api.batchTasks({ operations: [move(first, third), move(root, list)] }, me);
    expect(await placesOf(root, first, second, deep)).toEqual(['List', 'Third', 'Third', 'Third']);
  });

  test('subtasks that are created meanwhile are never left behind', async () => {
    const creations = Array.from({ length: 8 }, (_, index) =>
      api.createTask({ title: `Late ${index}`, parent_id: root.id }, me),
    );
    const moves = [patch({ list_id: other.id }), patch({ list_id: third.id })];
    await Promise.all([...creations, ...moves]);
    const places = await placesOf(root, first, second, deep, ...(await Promise.all(creations)));
    expect(new Set(places).size).toBe(1);
  });

  test('a caller limited to both lists moves it, and leaves what lies beyond', async () => {
    await patch({ list_id: third.id }, second.id);
    const limited = { ...me, principal: { ...me.principal, listIds: [list.id, other.id] } };
    await api.updateTask({ id: root.id, patch: { list_id: other.id } }, limited);
    expect(await placesOf(root, first, second, deep)).toEqual(['Other', 'Other', 'Third', 'Other']);
    expect(await codeOf(api.updateTask({ id: root.id, patch: { list_id: third.id } }, limited))).toBe('list_not_found');
  });
});

test('top_level leaves out subtasks', async () => {
  const alone = await make('Alone');
  const found = async (query: object) =>
    (await api.findTasksOfList({ id: list.id, ...query }, me)).items.map(({ title }) => title);
  expect(await found({ top_level: 'true' })).toEqual([root.title, alone.title]);
  expect(await found({ top_level: 'false' })).toHaveLength(5);
  const { page } = await api.findTasks({ top_level: 'true', count: 'exact', limit: 1 }, me);
  expect(page.total).toBe(2);
  // A cursor belongs to the filter that it was made with.
  const cursor = page.next_cursor ?? '';
  expect(await codeOf(api.findTasks({ limit: 1, cursor }, me))).toBe('validation_error');
});
