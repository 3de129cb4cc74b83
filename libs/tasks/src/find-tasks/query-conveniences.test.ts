// Conveniences of queries: who is meant by me, what is overdue, several lists, values separated by commas.
import { DomainError, readInput, type CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import { TaskQuery, type List, type Task } from '../../contract/index.js';
import { contextOf, createTasksWorld, type TasksOperations, type TasksWorld } from '../../testing/tasks-world.js';

let world: TasksWorld;
let api: TasksOperations;
let me: CallContext;
let key: CallContext;
let [one, two, three]: List[] = [];

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
  key = contextOf(uuidv7());
  me = { ...key, principal: { ...key.principal, kind: 'user', id: uuidv7() } };
  [one, two, three] = [await list('One'), await list('Two'), await list('Three')];
  const { id } = me.principal;
  await make('mine, late', { list_id: one?.id, assignee_id: id, due_at: '2026-01-02T10:00:00Z', tags: ['a,b', 'x'] });
  await make('mine, done', { list_id: two?.id, assignee_id: id, due_on: '2026-01-02', status: 'done', tags: ['a'] });
  await make('other', { list_id: two?.id, assignee_id: uuidv7(), priority: 'high', tags: ['a', 'b'] });
  await make('nobody', { list_id: three?.id, due_on: '2999-01-01', priority: 'low', tags: ['c\\d'] });
});
afterAll(() => world?.end());

const list = (title: string): Promise<List> => api.createList({ title }, key);
const make = (title: string, more: object): Promise<Task> => api.createTask({ title, ...more }, key);

/** As a query string gives it. */
function find(query: string, by = me): Promise<{ items: Task[]; page: { next_cursor: string | null } }> {
  const sent: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const known = sent[name];
    sent[name] = known === undefined ? value : [known, value].flat();
  }
  return api.findTasks(readInput(TaskQuery, sent, 'query'), by);
}

const titles = async (query: string, by = me): Promise<string[]> =>
  (await find(query, by)).items.map(({ title }) => title);

async function faultOf(query: string): Promise<unknown> {
  const error: unknown = await Promise.resolve()
    .then(() => find(query))
    .catch((thrown: unknown) => thrown);
  return error instanceof DomainError ? error.details : error;
}

const ALL = ['mine, late', 'mine, done', 'other', 'nobody'];

test('assignee takes me, none and a member; a key is assigned nothing', async () => {
  expect(await titles('assignee=me')).toEqual(['mine, late', 'mine, done']);
  expect(await titles(`assignee=${me.principal.id}`, key)).toEqual(['mine, late', 'mine, done']);
  expect(await titles('assignee=none')).toEqual(['nobody']);
  expect(await titles('assignee=me', key)).toEqual([]);
  expect(await titles(`assignee=me&assignee_id=${uuidv7()}`)).toEqual([]);
  expect(await faultOf('assignee=you')).toEqual([
    { field: 'assignee', code: 'wrong_format', issue: 'must be me, none or a UUID' },
  ]);
});

test('overdue finds open tasks that were due, no_due those without a date', async () => {
  expect(await titles('overdue=true')).toEqual(['mine, late']);
  expect(await titles('no_due=true')).toEqual(['other']);
  expect(await titles('overdue=false&no_due=false&occurrences=all')).toEqual(ALL);
  expect(await titles('overdue=true&order_by=due_at&order_dir=desc')).toEqual(['mine, late']);
  expect(await titles('no_due=true&order_by=due_at')).toEqual(['other']);
  expect(await faultOf('overdue=yes')).toMatchObject([{ field: 'overdue', code: 'not_one_of' }]);
});

test('several lists, repeated or separated by commas, in any order and page by page', async () => {
  const both = `list_id=${one?.id},${two?.id}`;
  expect(await titles(both)).toEqual(['mine, late', 'mine, done', 'other']);
  expect(await titles(`list_id=${one?.id}&list_id=${three?.id}`)).toEqual(['mine, late', 'nobody']);
  expect(await titles(`list_id=${one?.id},${one?.id}`)).toEqual(['mine, late']);
  for (const order of ['position', 'due_at', 'priority', 'title']) {
    expect((await titles(`${both}&order_by=${order}`)).toSorted()).toEqual(['mine, done', 'mine, late', 'other']);
  }
  const first = await find(`${both}&limit=2`);
  const cursor = encodeURIComponent(first.page.next_cursor ?? '');
  expect(await titles(`${both}&limit=2&cursor=${cursor}`)).toEqual(['other']);
  expect(await faultOf(`list_id=${one?.id}&limit=2&cursor=${cursor}`)).toEqual([
    expect.objectContaining({ field: 'cursor' }),
  ]);
});

test('a caller limited to some lists sees those of them alone', async () => {
  const limited = { ...me, principal: { ...me.principal, listIds: [two?.id ?? ''] } };
  expect(await titles(`list_id=${one?.id},${two?.id}`, limited)).toEqual(['mine, done', 'other']);
  expect(await titles(`list_id=${one?.id},${three?.id}`, limited)).toEqual([]);
});

test('commas separate values of every list parameter; a backslash keeps one in a tag', async () => {
  expect(await titles('status=todo,done&priority=high,low')).toEqual(['other', 'nobody']);
  expect(await titles('status=todo&status=done,blocked')).toEqual(ALL);
  expect(await titles('tag=a,b')).toEqual(['other']);
  expect(await titles('tag=a,b&tag_mode=any')).toEqual(['mine, done', 'other']);
  expect(await titles(String.raw`tag=a\,b,x`)).toEqual(['mine, late']);
  expect(await titles('tag=a,b&tag=x')).toEqual(['mine, late']);
  expect(await titles(String.raw`tag=c\d`)).toEqual(['nobody']);
  expect(await titles(String.raw`tag=c\\d`)).toEqual(['nobody']);
});

const TOO_MANY = Array.from({ length: 101 }, () => uuidv7()).join(',');

test.each([
  ['status', 'status=todo,'],
  ['status', 'status=,'],
  ['priority', 'priority=high,enormous'],
  ['tag', 'tag=a,,b'],
  ['list_id', 'list_id='],
  ['list_id', 'list_id=one,two'],
  ['list_id', `list_id=${TOO_MANY}`],
])('a faulty %s is refused by name', async (field, query) => {
  expect(await faultOf(query)).toEqual([expect.objectContaining({ field })]);
});
