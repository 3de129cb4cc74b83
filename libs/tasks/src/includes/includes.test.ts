// Included fields take one statement or call of each kind, and show nothing beyond the reach of the caller.
import { matchesIfNoneMatch, type CallContext, type Requester } from '@mono/contract';
import { UnavailableError } from '@mono/contract/errors';
import type { Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import { MAX_INCLUDED, TASK_INCLUDES, taskEntityTag, type List, type Task } from '../../contract/index.js';
import { occurrencesIn, recurrenceIn } from '../../testing/occurrences.js';
import { contextOf, createTasksWorld, type TasksOperations, type TasksWorld } from '../../testing/tasks-world.js';
import { Includes } from './includes.js';

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

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => 'ok',
    (error: unknown) => (error as { code?: string }).code,
  );
}

function includesOver(request: (body: unknown) => unknown): Includes {
  const bus = { request: (_contract: unknown, body: unknown) => Promise.resolve(request(body)) } as Requester;
  return new Includes(world.database, world.members, bus);
}

function away(): Promise<never> {
  return Promise.reject(new UnavailableError('No node runs it at present.'));
}

test('a task is read without anything, or with what is asked for', async () => {
  const user = uuidv7();
  const task = await make('Task', { assignee_id: user });
  const second = await make('Second', { parent_id: task.id, due_on: '2026-05-08' });
  const first = await make('First', { parent_id: task.id, before: second.id });
  await make('Gone', { parent_id: task.id, status: 'archived' });
  await make('Deep', { parent_id: first.id });
  const relation = await api.createRelation({ id: first.id, kind: 'blocks', task_id: task.id }, me);

  const plain = await api.getTask({ id: task.id }, me);
  for (const field of TASK_INCLUDES) expect(plain).not.toHaveProperty(field);
  const full = await api.getTask({ id: task.id, include: ['list', 'assignee', 'subtasks', 'relations'] }, me);
  expect(full).toMatchObject(plain);
  expect(full).toMatchObject({
    list: { id: list.id, title: 'List' },
    assignee: { id: user, name: `Name of ${user}` },
    subtasks: [
      expect.objectContaining({ id: first.id, title: 'First', status: 'todo', version: 2 }),
      expect.objectContaining({ id: second.id, title: 'Second', due_on: '2026-05-08', due_at: null }),
    ],
    relations: [
      {
        id: relation.id,
        kind: 'blocked_by',
        created_at: relation.created_at,
        task: { id: first.id, title: 'First', status: 'todo', list_id: list.id },
      },
    ],
  });
  expect(await api.getTask({ id: second.id, include: ['assignee', 'relations', 'subtasks'] }, me)).toMatchObject({
    assignee: null,
    relations: [],
    subtasks: [],
  });
});

test('a user whom nobody knows has no name', async () => {
  const user = uuidv7();
  const { id } = await make('Task', { assignee_id: user, status: 'done' });
  world.strangers.add(user);
  expect((await api.getTask({ id, include: ['assignee'] }, me)).assignee).toEqual({ id: user, name: null });
});

test('every page of tasks takes it, with one statement for each kind', async () => {
  const task = await make('Task', { due_on: '2020-01-01' });
  await make('Below', { parent_id: task.id, list_id: other.id });
  const filter = await api.createFilter({ name: 'Open', filter: 'open & list:List' }, me);
  const include = ['list', 'subtasks'] as ('list' | 'subtasks')[];
  const added = { id: task.id, list: { title: 'List' }, subtasks: [{ title: 'Below' }] };
  expect((await api.findTasks({ include, top_level: 'true' }, me)).items).toMatchObject([added]);
  expect((await api.findTasksOfList({ id: list.id, include }, me)).items).toMatchObject([added]);
  expect((await api.findTasksOfFilter({ id: filter.id, include }, me)).items).toMatchObject([added]);
  expect((await api.getToday({ include }, me)).overdue.items).toMatchObject([added]);

  const tasks = await Promise.all(Array.from({ length: 30 }, (_, index) => make(`Task ${index}`)));
  const statements: string[] = [];
  const counting: Executor = {
    query: (statement, values) => {
      statements.push(typeof statement === 'string' ? statement : (statement.name ?? ''));
      return world.database.query(statement, values);
    },
    afterCommit: (work) => world.database.afterCommit(work),
  };
  const includes = new Includes(counting, world.members, world.bus());
  await includes.page(me, { include: ['list', 'subtasks', 'relations', 'assignee', 'list'] }, () =>
    Promise.resolve({ items: tasks }),
  );
  expect(statements.toSorted()).toEqual([
    'tasks.included_lists',
    'tasks.included_relations',
    'tasks.included_subtasks',
  ]);
});

test('a cursor continues with another include', async () => {
  for (const title of ['1', '2', '3']) await make(title);
  const { page } = await api.findTasks({ limit: 2 }, me);
  const next = await api.findTasks({ limit: 2, cursor: page.next_cursor ?? '', include: ['list'] }, me);
  expect(next.items).toMatchObject([{ title: '3', list: { id: list.id } }]);
});

test('subtasks and relations have a limit, and so have the tasks', async () => {
  const { id } = await make('Task');
  const operation = { op: 'create' as const, task: { title: 'Below', list_id: list.id, parent_id: id } };
  await api.batchTasks({ operations: Array.from({ length: MAX_INCLUDED + 2 }, () => operation) }, me);
  expect((await api.getTask({ id, include: ['subtasks'] }, me)).subtasks).toHaveLength(MAX_INCLUDED);
  expect(await codeOf(api.findTasks({ limit: 101, include: ['list'] }, me))).toBe('validation_error');
  expect(await codeOf(api.findTasks({ limit: 100, include: ['list'] }, me))).toBe('ok');
});

test('a caller who is limited to some lists sees nothing of others', async () => {
  const task = await make('Task');
  const far = await make('Far', { parent_id: task.id, list_id: other.id });
  await api.createRelation({ id: far.id, kind: 'blocks', task_id: task.id }, me);
  const limited = { ...me, principal: { ...me.principal, listIds: [list.id] } };
  const include = ['list', 'subtasks', 'relations'] as ('list' | 'subtasks' | 'relations')[];
  expect(await api.getTask({ id: task.id, include }, limited)).toMatchObject({
    list: { id: list.id },
    subtasks: [],
    relations: [],
  });
  const stranger = contextOf(uuidv7());
  expect(await codeOf(api.getTask({ id: task.id, include }, stranger))).toBe('task_not_found');
});

describe('templates and names', () => {
  const TEMPLATE = { title: 'Water', status: 'active', rule: { pattern: 'daily' }, priority: 'high' };
  let tasks: Task[];

  beforeEach(async () => {
    const occurrences = occurrencesIn(list.id, 2);
    await world.occurrences().materialise(recurrenceIn(me.principal.workspaceId), { occurrences });
    await make('Plain', { assignee_id: uuidv7() });
    ({ items: tasks } = await api.findTasks({ occurrences: 'all' }, me));
  });

  test('are asked for once, within the reach of the caller', async () => {
    const asked: unknown[] = [];
    const id = tasks.find(({ template_id: template }) => template !== null)?.template_id;
    const includes = includesOver((body) => {
      asked.push(body);
      return { items: [{ id, ...TEMPLATE }] };
    });
    const limited = { ...me, principal: { ...me.principal, listIds: [list.id] } };
    const { items } = await includes.page(limited, { include: ['template'] }, () => Promise.resolve({ items: tasks }));
    const { priority: _priority, ...shown } = TEMPLATE;
    for (const task of items) expect(task.template).toEqual(task.template_id === null ? null : { id, ...shown });
    expect(asked).toEqual([{ workspace_id: me.principal.workspaceId, ids: [id], list_ids: [list.id] }]);
  });

  test('are absent while their module is unavailable', async () => {
    const bus = { request: away } as Requester;
    const includes = new Includes(world.database, { names: away }, bus);
    const page = await includes.page(me, { include: ['template', 'assignee', 'list'] }, () =>
      Promise.resolve({ items: tasks }),
    );
    for (const task of page.items) {
      expect(task).not.toHaveProperty('template');
      expect(task).not.toHaveProperty('assignee');
      expect(task.list).toEqual({ id: list.id, title: 'List' });
    }
  });

  test('of templates require the scope to read them', async () => {
    const reader = { ...me, principal: { ...me.principal, scopes: ['tasks:read'] } };
    expect(await codeOf(api.findTasks({ include: ['template'] }, reader))).toBe('forbidden');
    expect(await codeOf(api.findTasks({ include: ['list'] }, reader))).toBe('ok');
  });
});

test('the ETag tells of what is included, and guards writes by the version alone', async () => {
  const task = await make('Task');
  const read = (): Promise<Task> => api.getTask({ id: task.id, include: ['list', 'subtasks'] }, me);
  const tag = taskEntityTag(await read());
  expect(taskEntityTag(await read())).toBe(tag);
  expect(tag).not.toBe(taskEntityTag(task));
  expect(tag).toMatch(/^1\./);
  await api.updateList({ id: list.id, patch: { title: 'Renamed' } }, me);
  const renamed = taskEntityTag(await read());
  expect(matchesIfNoneMatch(`"${tag}"`, `"${renamed}"`)).toBe(false);
  await make('Below', { parent_id: task.id });
  expect(taskEntityTag(await read())).not.toBe(renamed);
});
