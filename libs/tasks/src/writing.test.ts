// Writing lists and tasks through the module's API, on a real PostgreSQL: what is written, told, and refused.
import { OutboxSignal } from '@mono/bus/outbox';
import { DomainError } from '@mono/contract';
import type { Executor, Statement } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import type { CreateTask, Task, TasksEvent } from '../contract/index.js';
import { contextOf, createTasksWorld, insertTasks, taskSeed, type TasksWorld } from '../testing/tasks-world.js';
import { BatchOperations } from './batch/batch-tasks.js';
import { tellDueSoon } from './due-soon/due-soon.js';
import { Inbox } from './lists/inbox.js';
import type { AssigningContext } from './tasks/assignees.js';
import type { TasksUseCases } from './tasks-use-cases.js';

type StoredEvent = Pick<TasksEvent, 'event' | 'version' | 'changes' | 'occurred_at' | 'request_id'>;

let world: TasksWorld;
let api: TasksUseCases;
let me: AssigningContext;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(() => {
  me = contextOf(uuidv7());
});

async function make(task: Partial<CreateTask> = {}): Promise<Task> {
  const { body } = await api.createTask(me, { title: 'Task', ...task });
  return body;
}

async function makeList(list: object = {}): Promise<string> {
  return (await api.createList(me, { title: 'List', ...list })).body.id;
}

/** The aggregate's events as they will be published, in the order in which they were written. */
function eventsOf(id: string): Promise<StoredEvent[]> {
  return world.database.query<StoredEvent>(
    `SELECT payload->>'event' AS event, version, payload->'changes' AS changes, occurred_at, payload->>'request_id' AS request_id
     FROM tasks.outbox WHERE aggregate_id = $1 ORDER BY seq`,
    [id],
  );
}

function transitionsOf(
  id: string,
): Promise<{ version: number; from_status: string | null; to_status: string | null }[]> {
  return world.database.query(
    'SELECT version, from_status, to_status FROM tasks.status_transition WHERE task_id = $1 ORDER BY seq',
    [id],
  );
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'ok';
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

async function positions(listId: string): Promise<string[]> {
  const { items } = await api.findTasksOfList(me, listId, { order_by: 'position', limit: 500 });
  return items.map(({ title }) => title);
}

const tell = (): Promise<number> => tellDueSoon(world.database, new OutboxSignal(), 120);

describe('every change', () => {
  test('raises the version by one and writes exactly one event, by the most specific name', async () => {
    const task = await make({ title: 'Milk', tags: ['errand'] });
    await api.updateTask(me, task.id, { title: 'Oat milk' });
    await api.updateTask(me, task.id, { status: 'in_progress', priority: 'high' });
    await api.updateTask(me, task.id, { status: 'done', title: 'Milk' });
    await api.replaceTask(me, task.id, { title: 'Milk', list_id: task.list_id });
    await api.deleteTask(me, task.id);
    const events = await eventsOf(task.id);
    expect(events.map(({ event, version }) => [event, version])).toEqual([
      ['created', 1],
      ['updated', 2],
      ['status_changed', 3],
      ['completed', 4],
      ['status_changed', 5],
      ['deleted', 6],
    ]);
    expect(events[1]?.changes).toEqual({ title: { from: 'Milk', to: 'Oat milk' } });
    expect(events[2]?.changes).toEqual({
      status: { from: 'todo', to: 'in_progress' },
      priority: { from: 'medium', to: 'high' },
    });
    expect(events[5]?.changes).toMatchObject({ title: { from: 'Milk', to: null }, status: { from: 'todo', to: null } });
    const times = events.map(({ occurred_at }) => occurred_at);
    expect(times).toEqual(times.toSorted());
  });

  test('tells the time, the request and the caller of the change itself', async () => {
    const context = { ...me, requestId: 'request-4711' };
    const { body } = await api.createTask(context, { title: 'Task' });
    const [event] = await eventsOf(body.id);
    expect(event).toMatchObject({ occurred_at: body.created_at, request_id: 'request-4711' });
  });

  test('of the status is kept as a transition, from creation to deletion', async () => {
    const task = await make();
    await api.updateTask(me, task.id, { title: 'No transition' });
    await api.updateTask(me, task.id, { status: 'in_progress' });
    await api.deleteTask(me, task.id);
    expect(await transitionsOf(task.id)).toEqual([
      { version: 1, from_status: null, to_status: 'todo' },
      { version: 3, from_status: 'todo', to_status: 'in_progress' },
      { version: 4, from_status: 'in_progress', to_status: null },
    ]);
  });

  test('that changes nothing writes nothing', async () => {
    const task = await make({ title: 'Same', tags: ['a'], due_at: '2026-05-01T09:00:00Z' });
    const again = await api.updateTask(me, task.id, {
      title: 'Same',
      tags: ['a'],
      due_at: '2026-05-01T11:00:00+02:00',
    });
    expect(again).toEqual(task);
    expect(await eventsOf(task.id)).toHaveLength(1);
  });

  test('of one task by sixty callers at once: versions without a gap, an event each', async () => {
    const task = await make();
    await Promise.all(
      Array.from({ length: 60 }, (_, index) => api.updateTask(me, task.id, { title: `Title ${index}` })),
    );
    const versions = (await eventsOf(task.id)).map(({ version }) => version);
    expect(versions).toEqual(Array.from({ length: 61 }, (_, index) => index + 1));
  });

  test('is refused at another version than the caller knows, and then changes nothing', async () => {
    const task = await make();
    const stale = { ...me, expectedVersion: 7 };
    const list = await makeList();
    const refusals = [
      api.updateTask(stale, task.id, { title: 'x' }),
      api.deleteTask(stale, task.id),
      api.updateList(stale, list, { title: 'x' }),
      api.deleteList(stale, list, {}),
    ];
    for (const refused of refusals) expect(await codeOf(refused)).toBe('version_conflict');
    expect(await eventsOf(task.id)).toHaveLength(1);
    expect(await eventsOf(list)).toHaveLength(1);
  });

  test('of another workspace’s things finds nothing', async () => {
    const task = await make();
    const list = await makeList();
    const other = contextOf(uuidv7());
    const outcomes = await Promise.all(
      [
        api.getTask(other, task.id),
        api.updateTask(other, task.id, { title: 'x' }),
        api.deleteTask(other, task.id),
        api.createTask(other, { title: 'x', list_id: list }),
        api.createTask(other, { title: 'x', parent_id: task.id }),
        api.getList(other, list),
        api.updateList(other, list, { title: 'x' }),
        api.deleteList(other, list, {}),
        api.batchTasks(other, { operations: [{ op: 'delete', id: task.id }] }),
      ].map(codeOf),
    );
    expect(outcomes.map((code) => code.endsWith('_not_found'))).not.toContain(false);
    expect(await eventsOf(task.id)).toHaveLength(1);
  });
});

describe('a due date', () => {
  test('is an instant or a day, never both', async () => {
    const task = await make({ due_at: '2026-05-01T09:00:00Z' });
    expect(await codeOf(api.updateTask(me, task.id, { due_on: '2026-05-02' }))).toBe('validation_error');
    const moved = await api.updateTask(me, task.id, { due_on: '2026-05-02', due_at: null });
    expect(moved).toMatchObject({ due_at: null, due_on: '2026-05-02' });
  });

  test('is told of once, by two nodes that look at the same time, and again when it moves', async () => {
    const soon = new Date(Date.now() + 60 * 60 * 1_000).toISOString();
    const task = await make({ due_at: soon });
    await make({ due_at: soon, status: 'done' });
    const told = await Promise.all([tell(), tell()]);
    expect(told.reduce((sum, count) => sum + count)).toBe(1);
    await tell();
    await api.updateTask(me, task.id, { due_at: new Date(Date.parse(soon) + 60_000).toISOString() });
    await tell();
    const events = await eventsOf(task.id);
    expect(events.map(({ event, version }) => [event, version])).toEqual([
      ['created', 1],
      ['due_soon', 1],
      ['updated', 2],
      ['due_soon', 2],
    ]);
  });
});

describe('a list that wants unique titles', () => {
  test('takes one of fifty tasks with one title at once', async () => {
    const list = await makeList({ title_policy: 'unique' });
    const titles = ['Straße', ' STRASSE ', 'strasse', 'STRAẞE'];
    const codes = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        codeOf(api.createTask(me, { list_id: list, title: titles[index % 4] ?? '' })),
      ),
    );
    expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
    expect(codes.filter((code) => code === 'duplicate_task')).toHaveLength(49);
  });

  test('refuses a rename and a move to it, and names the title', async () => {
    const list = await makeList({ title_policy: 'unique' });
    await make({ list_id: list, title: 'Milk' });
    const bread = await make({ list_id: list, title: 'Bread' });
    const elsewhere = await make({ title: 'MILK' });
    expect(await codeOf(api.updateTask(me, elsewhere.id, { list_id: list }))).toBe('duplicate_task');
    await expect(api.updateTask(me, bread.id, { title: 'milk' })).rejects.toMatchObject({
      code: 'duplicate_task',
      details: { title: 'milk' },
    });
  });

  test('comes about only while no two are the same, and never leaves a hole for a race', async () => {
    for (let round = 0; round < 5; round += 1) {
      const list = await makeList();
      const [policy] = await Promise.all([
        codeOf(api.updateList(me, list, { title_policy: 'unique' })),
        ...Array.from({ length: 8 }, () => codeOf(api.createTask(me, { list_id: list, title: 'Same' }))),
      ]);
      const { counts, title_policy: result } = await api.getList(me, list);
      expect([policy, result]).toEqual(policy === 'ok' ? ['ok', 'unique'] : ['duplicate_task', 'any']);
      expect(counts.total).toBe(result === 'unique' ? Math.min(counts.total, 1) : 8);
    }
  });

  test('does not mind occurrences of a template', async () => {
    const list = await makeList();
    const seed = {
      workspace_id: me.principal.workspaceId,
      list_id: list,
      title: 'Water plants',
      template_id: uuidv7(),
    };
    await insertTasks(world.database, [taskSeed(seed), taskSeed(seed)]);
    expect(await codeOf(api.updateList(me, list, { title_policy: 'unique' }))).toBe('ok');
    await make({ list_id: list, title: 'Water plants' });
    expect(await codeOf(api.createTask(me, { list_id: list, title: 'water plants' }))).toBe('duplicate_task');
  });
});

describe('subtasks', () => {
  test('go to the list of their parent, five levels deep', async () => {
    const list = await makeList();
    let parent = await make({ list_id: list });
    for (let level = 2; level <= 5; level += 1) parent = await make({ parent_id: parent.id });
    expect(parent.list_id).toBe(list);
    expect(await codeOf(api.createTask(me, { title: 'x', parent_id: parent.id }))).toBe('subtasks_too_deep');
  });

  test('a tree is moved only where all of it fits', async () => {
    const tree = await make();
    await make({ parent_id: (await make({ parent_id: tree.id })).id });
    let place = await make();
    for (let level = 2; level <= 3; level += 1) place = await make({ parent_id: place.id });
    expect(await codeOf(api.updateTask(me, tree.id, { parent_id: place.id }))).toBe('subtasks_too_deep');
  });

  test('never form a cycle, whoever moves them at once', async () => {
    const tasks = await Promise.all(Array.from({ length: 6 }, () => make()));
    const at = (index: number): string => tasks[index % 6]?.id ?? '';
    const moves = Array.from({ length: 60 }, (_, index) =>
      codeOf(api.updateTask(me, at(index), { parent_id: at(index * 7 + 3) })),
    );
    expect(new Set(await Promise.all(moves))).toEqual(new Set(['ok', 'parent_cycle']));
    for (const { id } of tasks) {
      let above: string | null = id;
      for (let steps = 0; above !== null; steps += 1) {
        expect(steps).toBeLessThan(10);
        above = (await api.getTask(me, above)).parent_id;
      }
    }
  });

  test('go with their task, each with an event of its own, also while more are made', async () => {
    const root = await make();
    const child = await make({ parent_id: root.id });
    const codes = await Promise.all([
      ...Array.from({ length: 10 }, () => codeOf(api.createTask(me, { title: 'late', parent_id: root.id }))),
      codeOf(api.deleteTask(me, root.id)),
    ]);
    expect(codes.filter((code) => code !== 'ok' && code !== 'task_not_found')).toEqual([]);
    expect(await codeOf(api.getTask(me, child.id))).toBe('task_not_found');
    expect((await eventsOf(child.id)).map(({ event }) => event)).toEqual(['created', 'deleted']);
    const left = await world.database.query('SELECT 1 FROM tasks.task WHERE workspace_id = $1', [
      me.principal.workspaceId,
    ]);
    expect(left).toEqual([]);
  });
});

describe('the manual order', () => {
  test('begins as the tasks come, and is changed by before and after', async () => {
    const list = await makeList();
    const ids: Record<string, string> = {};
    for (const title of ['a', 'b', 'c']) ids[title] = (await make({ list_id: list, title })).id;
    await api.updateTask(me, ids['c'] ?? '', { before: ids['a'] ?? '' });
    expect(await positions(list)).toEqual(['c', 'a', 'b']);
    await api.updateTask(me, ids['c'] ?? '', { after: ids['a'] ?? '' });
    expect(await positions(list)).toEqual(['a', 'c', 'b']);
    await make({ list_id: list, title: 'd', before: ids['c'] ?? '' });
    await api.updateTask(me, ids['a'] ?? '', { after: ids['b'] ?? '' });
    await make({ list_id: list, title: 'new' });
    expect(await positions(list)).toEqual(['d', 'c', 'b', 'a', 'new']);
  });

  test('a neighbour must be another task of the list', async () => {
    const task = await make({ list_id: await makeList() });
    const stranger = await make({ list_id: await makeList() });
    expect(await codeOf(api.updateTask(me, task.id, { before: stranger.id }))).toBe('validation_error');
    expect(await codeOf(api.updateTask(me, task.id, { after: task.id }))).toBe('validation_error');
    const moved = await api.updateTask(me, task.id, { list_id: stranger.list_id, after: stranger.id });
    expect(moved.list_id).toBe(stranger.list_id);
  });

  test('keeps every key unique when many move at once', async () => {
    const list = await makeList();
    const tasks = await Promise.all(Array.from({ length: 8 }, () => make({ list_id: list })));
    const at = (index: number): string => tasks[index % 8]?.id ?? '';
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => codeOf(api.updateTask(me, at(index), { before: at(index * 5 + 3) }))),
    );
    const { items } = await api.findTasksOfList(me, list, {});
    expect(new Set(items.map(({ position }) => position)).size).toBe(8);
  });
});

describe('lists', () => {
  test('the Inbox is made once by whoever comes first, and stays', async () => {
    const tasks = await Promise.all(Array.from({ length: 10 }, () => make()));
    const [inbox] = tasks;
    expect(new Set(tasks.map(({ list_id }) => list_id)).size).toBe(1);
    expect(await codeOf(api.deleteList(me, inbox?.list_id ?? '', { tasks: 'delete' }))).toBe('inbox_not_deletable');
    expect(await api.getList(me, inbox?.list_id ?? '')).toMatchObject({
      is_inbox: true,
      counts: { total: 10, open: 10 },
    });
  });

  test('a list with tasks is deleted only when one says what becomes of them', async () => {
    const list = await makeList();
    const target = await makeList();
    const task = await make({ list_id: list });
    expect(await codeOf(api.deleteList(me, list, {}))).toBe('list_not_empty');
    expect(await codeOf(api.deleteList(me, list, { tasks: 'move' }))).toBe('validation_error');
    expect(await codeOf(api.deleteList(me, list, { tasks: 'move', to: uuidv7() }))).toBe('list_not_found');
    await api.deleteList(me, list, { tasks: 'move', to: target });
    expect(await api.getTask(me, task.id)).toMatchObject({ list_id: target, version: 2 });
    await api.deleteList(me, target, { tasks: 'delete' });
    expect((await eventsOf(task.id)).map(({ event }) => event)).toEqual(['created', 'updated', 'deleted']);
    expect((await eventsOf(list)).map(({ event }) => event)).toEqual(['list_created', 'list_deleted']);
  });

  test('moving tasks to a list of unique titles moves all or none', async () => {
    const list = await makeList();
    await make({ list_id: list, title: 'Same' });
    await make({ list_id: list, title: 'same' });
    const target = await makeList({ title_policy: 'unique' });
    expect(await codeOf(api.deleteList(me, list, { tasks: 'move', to: target }))).toBe('duplicate_task');
    expect((await api.getList(me, list)).counts.total).toBe(2);
  });
});

/** A change of each, in this order. */
function changeAll(ids: string[]): Promise<string> {
  const operations = ids.map((id) => ({ op: 'update' as const, id, patch: { title: uuidv7() } }));
  return codeOf(api.batchTasks(me, { operations }));
}

describe('a batch', () => {
  test('is all or nothing by default, and tells which operation failed', async () => {
    const task = await make();
    const batch = api.batchTasks(me, {
      operations: [
        { op: 'update', id: task.id, patch: { title: 'Changed' } },
        { op: 'create', task: { title: 'New' } },
        { op: 'delete', id: uuidv7() },
      ],
    });
    await expect(batch).rejects.toMatchObject({ code: 'task_not_found', details: { operation: 2 } });
    expect(await eventsOf(task.id)).toHaveLength(1);
  });

  test('with each, one fault spoils nothing else', async () => {
    const list = await makeList({ title_policy: 'unique' });
    const { body } = await api.batchTasks(me, {
      mode: 'each',
      operations: ['a', 'A', 'b'].map((title) => ({ op: 'create' as const, task: { title, list_id: list } })),
    });
    expect(body.results.map(({ status, error }) => [status, error?.code ?? null])).toEqual([
      [201, null],
      [409, 'duplicate_task'],
      [201, null],
    ]);
  });

  test('does two operations on one task in their order, each with its version and event', async () => {
    const task = await make();
    const { body } = await api.batchTasks(me, {
      operations: [
        { op: 'update', id: task.id, patch: { status: 'in_progress' }, if_match: 1 },
        { op: 'update', id: task.id, patch: { status: 'done' }, if_match: 2 },
      ],
    });
    expect(body.results.map((result) => result.task?.version)).toEqual([2, 3]);
    expect((await eventsOf(task.id)).map(({ event }) => event)).toEqual(['created', 'status_changed', 'completed']);
  });

  test('over the same tasks from both ends does not deadlock', async () => {
    const ids = await Promise.all(Array.from({ length: 30 }, async () => (await make()).id));
    const codes = await Promise.all([
      changeAll(ids),
      changeAll(ids.toReversed()),
      changeAll(ids),
      changeAll(ids.toReversed()),
    ]);
    expect(codes).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  test('of five hundred takes a handful of statements', async () => {
    const list = await makeList();
    const ids = await Promise.all(Array.from({ length: 100 }, async () => (await make({ list_id: list })).id));
    let statements = 0;
    await world.database.transaction(async (transaction) => {
      const counting: Executor = {
        query<Row extends object>(statement: Statement | string, values?: readonly unknown[]) {
          statements += 1;
          return transaction.query<Row>(statement, values);
        },
        afterCommit: (work) => transaction.afterCommit(work),
      };
      await new BatchOperations(new Inbox()).run(counting, me, {
        operations: [
          ...ids.slice(0, 50).map((id) => ({ op: 'update' as const, id, patch: { priority: 'urgent' as const } })),
          ...ids.slice(50).map((id) => ({ op: 'delete' as const, id })),
          ...Array.from({ length: 400 }, () => ({ op: 'create' as const, task: { title: 'New', list_id: list } })),
        ],
      });
    });
    expect(statements).toBeLessThan(10);
    expect((await api.getList(me, list)).counts.total).toBe(450);
  });

  test('refuses what does not go with an operation, by its path', async () => {
    const operations = [{ op: 'create' as const, id: uuidv7() }, { op: 'update' as const }];
    await expect(api.batchTasks(me, { operations })).rejects.toMatchObject({
      code: 'validation_error',
      details: [
        { field: 'operations[0].task', issue: 'is required with create' },
        { field: 'operations[0].id', issue: 'does not go with create' },
        { field: 'operations[1].id', issue: 'is required with update' },
        { field: 'operations[1].patch', issue: 'is required with update' },
      ],
    });
  });
});

describe('tags', () => {
  test('are renamed and merged on every task, each with its event, and never stand twice', async () => {
    const both = await make({ tags: ['errand', 'weekly'] });
    const one = await make({ tags: ['errand'] });
    expect(await codeOf(api.renameTag(me, 'errand', { name: 'weekly' }))).toBe('duplicate_tag');
    expect(await codeOf(api.renameTag(me, 'nothing', { name: 'something' }))).toBe('tag_not_found');
    expect(await api.renameTag(me, 'errand', { name: 'shopping' })).toEqual({ name: 'shopping', changed: 2 });
    expect((await api.mergeTag(me, 'shopping', { into: 'weekly' })).body).toEqual({ name: 'weekly', changed: 2 });
    expect((await api.getTask(me, both.id)).tags).toEqual(['weekly']);
    expect((await api.getTask(me, one.id)).tags).toEqual(['weekly']);
    expect((await eventsOf(both.id)).map(({ version }) => version)).toEqual([1, 2, 3]);
  });
});

test('a request sent twice with one key has one effect', async () => {
  const context = { ...me, idempotencyKey: 'once' };
  const answers = await Promise.all(Array.from({ length: 5 }, () => api.createTask(context, { title: 'Once' })));
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  const { page } = await api.findTasks(me, { count: 'exact' });
  expect(page.total).toBe(1);
});
