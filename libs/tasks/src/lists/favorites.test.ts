import type { CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import { listEntityTag, type List } from '../../contract/index.js';
import { contextOf, createTasksWorld, type TasksOperations, type TasksWorld } from '../../testing/tasks-world.js';
import { codeOf, limitedTo, namesOf } from '../../testing/trash.js';
import { EraseWorkspace } from './erase-workspace.js';

let world: TasksWorld;
let api: TasksOperations;
let ada: CallContext;
let ben: CallContext;
let key: CallContext;
let list: List;
let other: List;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(async () => {
  key = contextOf(uuidv7());
  [ada, ben] = [userIn(key), userIn(key)];
  list = await api.createList({ title: 'Mine' }, ada);
  other = await api.createList({ title: 'Other' }, ada);
  await api.addFavorite({ id: list.id }, ada);
});

function userIn(call: CallContext, id = uuidv7()): CallContext {
  const { workspaceId } = call.principal;
  return { ...call, principal: { kind: 'user', id, workspaceId, scopes: ['tasks:read', 'tasks:write'] } };
}

async function titles(me: CallContext, favorite?: 'true' | 'false', more: object = {}): Promise<string[]> {
  const { items } = await api.findLists({ ...(favorite && { favorite }), ...more }, me);
  return items.map(({ title }) => title);
}

/** To those who have no favorites. */
function shownOf({ favorite: _favorite, ...shown }: List): object {
  return shown;
}

async function kept(workspaceId = key.principal.workspaceId): Promise<number> {
  const rows = await world.database.query('SELECT FROM tasks.list_favorite WHERE workspace_id = $1', [workspaceId]);
  return rows.length;
}

test('is what a user has marked, for that user alone', async () => {
  expect(list).toMatchObject({ favorite: false });
  expect(await api.getList({ id: list.id }, ada)).toEqual({ ...shownOf(list), favorite: true });
  expect(await api.getList({ id: list.id }, ben)).toEqual(list);
  expect(await api.getList({ id: list.id }, key)).toEqual(shownOf(list));
  expect((await api.findLists({}, ada)).items.map(({ favorite }) => favorite)).toEqual([true, false]);
  expect((await api.findLists({}, key)).items.map((item) => 'favorite' in item)).toEqual([false, false]);
  expect(await api.updateList({ id: list.id, patch: { color: '#000000' } }, ada)).toMatchObject({ favorite: true });
});

test('marked and unmarked twice, it is as once, without a version or an event', async () => {
  await api.addFavorite({ id: list.id }, ada);
  expect(await kept()).toBe(1);
  await api.removeFavorite({ id: list.id }, ada);
  await api.removeFavorite({ id: list.id }, ada);
  expect(await api.getList({ id: list.id }, ada)).toEqual(list);
  expect(await namesOf(world, list.id)).toEqual(['list_created']);
});

test('is part of the entity tag', async () => {
  const tags = [listEntityTag(await api.getList({ id: list.id }, ada)), listEntityTag(list)];
  expect(new Set(tags).size).toBe(2);
  expect(tags.every((tag) => tag.startsWith('1.'))).toBe(true);
});

test('filters the lists, with a cursor of that user', async () => {
  expect(await titles(ada, 'true')).toEqual(['Mine']);
  expect(await titles(ada, 'false')).toEqual(['Other']);
  expect(await titles(ben, 'true')).toEqual([]);
  await api.addFavorite({ id: other.id }, ada);
  const { page } = await api.findLists({ favorite: 'true', limit: 1, count: 'exact' }, ada);
  expect(page.total).toBe(2);
  const cursor = page.next_cursor ?? '';
  expect(await titles(ada, 'true', { limit: 1, cursor })).toEqual(['Other']);
  expect(await codeOf(titles(ben, 'true', { limit: 1, cursor }))).toBe('validation_error');
  expect(await codeOf(titles(key, 'true'))).toBe('forbidden');
});

test('is not there where the list is not', async () => {
  const gone = [uuidv7(), (await api.createList({ title: 'Foreign' }, userIn(contextOf(uuidv7())))).id];
  for (const id of gone) {
    expect(await codeOf(api.addFavorite({ id }, ada))).toBe('list_not_found');
    expect(await codeOf(api.removeFavorite({ id }, ada))).toBe('list_not_found');
  }
  expect(await codeOf(api.addFavorite({ id: list.id }, limitedTo(ada, other.id)))).toBe('list_not_found');
});

test('waits in the trash with its list, and goes with it', async () => {
  await api.deleteList({ id: list.id }, ada);
  expect(await codeOf(api.addFavorite({ id: list.id }, ada))).toBe('list_not_found');
  await world.trash().restoreFromTrash({ id: list.id }, ada);
  expect(await api.getList({ id: list.id }, ada)).toMatchObject({ favorite: true });
  await api.deleteList({ id: list.id }, ada);
  await world.trash().deleteFromTrash({ id: list.id }, key);
  expect(await kept()).toBe(0);

  await api.addFavorite({ id: other.id }, ben);
  await api.deleteList({ id: other.id, permanent: 'true' }, key);
  expect(await kept()).toBe(0);
});

test('stays when a task of the list is purged', async () => {
  const task = await api.createTask({ title: 'Task', list_id: list.id }, ada);
  await api.deleteTask({ id: task.id }, ada);
  await world.trash().deleteFromTrash({ id: task.id }, key);
  expect(await kept()).toBe(1);
});

test('goes with the membership, and none comes after it', async () => {
  const { workspaceId, id: userId } = ada.principal;
  await api.addFavorite({ id: other.id }, ben);
  const elsewhere = userIn(contextOf(uuidv7()), userId);
  await api.addFavorite({ id: (await api.createList({ title: 'Elsewhere' }, elsewhere)).id }, elsewhere);
  world.strangers.add(userId);
  await world.formerMembers().end({ workspaceId, userId, requestId: 'test' }, new Date().toISOString());
  expect(await titles(ada, 'true')).toEqual([]);
  expect(await titles(ben, 'true')).toEqual(['Other']);
  expect(await titles(elsewhere, 'true')).toEqual(['Elsewhere']);
  expect(await codeOf(api.addFavorite({ id: list.id }, ada))).toBe('forbidden');
  expect(await kept()).toBe(1);
});

test('goes with the workspace, also from the trash', async () => {
  await api.addFavorite({ id: other.id }, ben);
  await api.deleteList({ id: list.id }, ada);
  await world.node.get(EraseWorkspace).erase(key.principal.workspaceId, 'test');
  expect(await kept()).toBe(0);
});
