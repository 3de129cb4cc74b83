// The tasks of a list in the order that the list has of itself, and overall views without archived lists.
import { uuidv7 } from 'uuidv7';
import type { CallContext } from '@mono/contract';
import { contextOf, createTasksWorld, type TasksOperations, type TasksWorld } from '../../testing/tasks-world.js';
import { codeOf } from '../../testing/trash.js';

let world: TasksWorld;
let api: TasksOperations;
let me: CallContext;
let id: string;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(async () => {
  me = contextOf(uuidv7());
  ({ id } = await api.createList({ title: 'List' }, me));
  for (const title of ['b', 'c', 'a']) await api.createTask({ title, list_id: id }, me);
});

async function titles(query: Omit<Parameters<TasksOperations['findTasksOfList']>[0], 'id'> = {}): Promise<string> {
  const { items } = await api.findTasksOfList({ id, ...query }, me);
  return items.map(({ title }) => title).join('');
}

test('without one, tasks are listed in the manual order', async () => {
  expect(await titles()).toBe('bca');
  expect(await titles({ order_dir: 'desc' })).toBe('acb');
  const { items } = await api.findTasksOfList({ id }, me);
  const [first, , last] = items.map((task) => task.id);
  await api.moveTask({ id: last ?? '', before: first ?? '' }, me);
  expect(await titles()).toBe('abc');
  expect(await titles({ order_by: 'created_at' })).toBe('bca');
  expect(await titles({ order_dir: 'desc' })).toBe('cba');
});

test('a default order and direction hold unless the query names its own', async () => {
  await api.updateList({ id, patch: { default_order: 'title', default_order_dir: 'desc' } }, me);
  expect(await titles()).toBe('cba');
  expect(await titles({ order_dir: 'asc' })).toBe('abc');
  expect(await titles({ order_by: 'created_at' })).toBe('bca');
  expect(await titles({ order_by: 'title' })).toBe('abc');
  const { items } = await api.findTasks({ list_id: id }, me);
  expect(items.map(({ title }) => title).join('')).toBe('bca');
  await api.updateList({ id, patch: { default_order: null } }, me);
  expect(await titles()).toBe('acb');
});

test('a cursor ends with the order that it was given in', async () => {
  const { page } = await api.findTasksOfList({ id, limit: 1 }, me);
  const cursor = page.next_cursor ?? '';
  expect(await titles({ limit: 1, cursor })).toBe('c');
  await api.updateList({ id, patch: { default_order: 'title' } }, me);
  expect(await codeOf(titles({ limit: 1, cursor }))).toBe('validation_error');
  const { page: sorted } = await api.findTasksOfList({ id, limit: 1 }, me);
  expect(await titles({ limit: 5, cursor: sorted.next_cursor ?? '' })).toBe('bc');
});

test('a list that is not there is not found, with any order', async () => {
  for (const query of [{}, { order_by: 'title' as const }]) {
    expect(await codeOf(api.findTasksOfList({ id: uuidv7(), ...query }, me))).toBe('list_not_found');
    expect(await codeOf(api.findTasksOfList({ id, ...query }, contextOf(uuidv7())))).toBe('list_not_found');
  }
});

test('tasks of archived lists are found unless they are excluded', async () => {
  await api.createTask({ title: 'Inbox' }, me);
  await api.updateList({ id, patch: { archived: true } }, me);
  const found = async (query: object) => {
    const { items, page } = await api.findTasks({ count: 'exact', order_by: 'title', ...query }, me);
    expect(page.total).toBe(items.length);
    return items.map(({ title }) => title).join('');
  };
  expect(await found({})).toBe('abcInbox');
  expect(await found({ archived_lists: 'include' })).toBe('abcInbox');
  expect(await found({ archived_lists: 'exclude' })).toBe('Inbox');
  expect(await found({ archived_lists: 'exclude', q: 'a' })).toBe('');
  await api.updateList({ id, patch: { archived: false } }, me);
  expect(await found({ archived_lists: 'exclude' })).toBe('abcInbox');
});
