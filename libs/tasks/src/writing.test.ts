// Writing lists and tasks through the module's API, on a real PostgreSQL: what is written, published, and refused.
import { OutboxSignal } from '@mono/bus/outbox';
import { DomainError } from '@mono/contract';
import { callOperation, type Executor, type Statement } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import { tasksOperations, type CreateTask, type Task, type TasksEvent } from '../contract/index.js';
import {
  contextOf,
  createTasksWorld,
  insertTasks,
  taskSeed,
  type TasksWorld,
  type TasksOperations,
} from '../testing/tasks-world.js';
import { BatchOperations } from './batch/batch-tasks.js';
import { addDueSoonEvents } from './due-soon/due-soon.js';
import { Inbox } from './lists/inbox.js';
import type { AssigningContext } from './tasks/assignees.js';

type StoredEvent = Pick<TasksEvent, 'event' | 'version' | 'changes' | 'occurred_at' | 'request_id'>;

let world: TasksWorld;
let api: TasksOperations;
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
  const body = await api.createTask({ title: 'Task', ...task }, me);
  return body;
}

async function makeList(list: object = {}): Promise<string> {
  return (await api.createList({ title: 'List', ...list }, me)).id;
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
  const { items } = await api.findTasksOfList({ id: listId, order_by: 'position', limit: 500 }, me);
  return items.map(({ title }) => title);
}

const tell = (): Promise<number> => addDueSoonEvents(world.database, new OutboxSignal(), 120);

describe('every change', () => {
  test('raises the version by one and writes exactly one event, by the most specific name', async () => {
    const task = await make({ title: 'Milk', tags: ['errand'] });
    await api.updateTask({ id: task.id, patch: { title: 'Oat milk' } }, me);
    await api.updateTask({ id: task.id, patch: { status: 'in_progress', priority: 'high' } }, me);
    await api.updateTask({ id: task.id, patch: { status: 'done', title: 'Milk' } }, me);
    await api.replaceTask({ id: task.id, title: 'Milk', list_id: task.list_id }, me);
    await api.deleteTask({ id: task.id }, me);
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
    const body = await api.createTask({ title: 'Task' }, context);
    const [event] = await eventsOf(body.id);
    expect(event).toMatchObject({ occurred_at: body.created_at, request_id: 'request-4711' });
  });

  test('of the status is kept as a transition, from creation to deletion', async () => {
    const task = await make();
    await api.updateTask({ id: task.id, patch: { title: 'No transition' } }, me);
    await api.updateTask({ id: task.id, patch: { status: 'in_progress' } }, me);
    await api.deleteTask({ id: task.id }, me);
    expect(await transitionsOf(task.id)).toEqual([
      { version: 1, from_status: null, to_status: 'todo' },
      { version: 3, from_status: 'todo', to_status: 'in_progress' },
      { version: 4, from_status: 'in_progress', to_status: null },
    ]);
  });

  test('that changes nothing writes nothing', async () => {
    const task = await make({ title: 'Same', tags: ['a'], due_at: '2026-05-01T09:00:00Z' });
    const again = await api.updateTask(
      {
        id: task.id,
        patch: {
          title: 'Same',
          tags: ['a'],
          due_at: '2026-05-01T11:00:00+02:00',
        },
      },
      me,
    );
    expect(again).toEqual(task);
    expect(await eventsOf(task.id)).toHaveLength(1);
  });

  test('of one task by sixty callers at once: versions without a gap, an event each', async () => {
    const task = await make();
    await Promise.all(
      Array.from({ length: 60 }, (_, index) => api.updateTask({ id: task.id, patch: { title: `Title ${index}` } }, me)),
    );
    const versions = (await eventsOf(task.id)).map(({ version }) => version);
    expect(versions).toEqual(Array.from({ length: 61 }, (_, index) => index + 1));
  });

  test('is refused at another version than the caller knows, and then changes nothing', async () => {
    const task = await make();
    const stale = { ...me, expectedVersion: 7 };
    const list = await makeList();
    const refusals = [
      api.updateTask({ id: task.id, patch: { title: 'x' } }, stale),
      api.deleteTask({ id: task.id }, stale),
      api.updateList({ id: list, patch: { title: 'x' } }, stale),
      api.deleteList({ id: list }, stale),
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
        api.getTask({ id: task.id }, other),
        api.updateTask({ id: task.id, patch: { title: 'x' } }, other),
        api.deleteTask({ id: task.id }, other),
        api.createTask({ title: 'x', list_id: list }, other),
        api.createTask({ title: 'x', parent_id: task.id }, other),
        api.getList({ id: list }, other),
        api.updateList({ id: list, patch: { title: 'x' } }, other),
        api.deleteList({ id: list }, other),
        api.batchTasks({ operations: [{ op: 'delete', id: task.id }] }, other),
      ].map(codeOf),
    );
    expect(outcomes.map((code) => code.endsWith('_not_found'))).not.toContain(false);
    expect(await eventsOf(task.id)).toHaveLength(1);
  });
});

describe('a due date', () => {
  test('is an instant or a day, never both', async () => {
    const task = await make({ due_at: '2026-05-01T09:00:00Z' });
    expect(await codeOf(api.updateTask({ id: task.id, patch: { due_on: '2026-05-02' } }, me))).toBe('validation_error');
    const moved = await api.updateTask({ id: task.id, patch: { due_on: '2026-05-02', due_at: null } }, me);
    expect(moved).toMatchObject({ due_at: null, due_on: '2026-05-02' });
  });

  test('is told of once, by two nodes that look at the same time, and again when it moves', async () => {
    const soon = new Date(Date.now() + 60 * 60 * 1_000).toISOString();
    const task = await make({ due_at: soon });
    await make({ due_at: soon, status: 'done' });
    const told = await Promise.all([tell(), tell()]);
    expect(told.reduce((sum, count) => sum + count)).toBe(1);
    await tell();
    await api.updateTask({ id: task.id, patch: { due_at: new Date(Date.parse(soon) + 60_000).toISOString() } }, me);
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
        codeOf(api.createTask({ list_id: list, title: titles[index % 4] ?? '' }, me)),
      ),
    );
    expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
    expect(codes.filter((code) => code === 'duplicate_task')).toHaveLength(49);
  });

  test('refuses a rename and a move to it, and names the title', async () => {
    const list = await makeList({ title_policy: 'unique' });
    const milk = await make({ list_id: list, title: 'Milk' });
    const bread = await make({ list_id: list, title: 'Bread' });
    const elsewhere = await make({ title: 'MILK' });
    await expect(api.updateTask({ id: elsewhere.id, patch: { list_id: list } }, me)).rejects.toMatchObject({
      code: 'duplicate_task',
      details: { title: 'MILK', task_id: milk.id },
    });
    await expect(api.updateTask({ id: bread.id, patch: { title: 'milk' } }, me)).rejects.toMatchObject({
      code: 'duplicate_task',
      details: { title: 'milk', task_id: milk.id },
    });
  });

  test('names the task that has a title, also for a repeated request and for a caller with some lists', async () => {
    const list = await makeList({ title_policy: 'unique' });
    const milk = await make({ list_id: list, title: 'Milk, (whole)' });
    const limited = { ...me, principal: { ...me.principal, listIds: [list] } };
    for (const call of [me, { ...me, idempotencyKey: 'again' }, limited])
      await expect(api.createTask({ list_id: list, title: ' milk, (WHOLE)' }, call)).rejects.toMatchObject({
        details: { title: ' milk, (WHOLE)', task_id: milk.id },
      });
  });

  test('names one of two tasks that keep it from becoming unique, and not an occurrence', async () => {
    const list = await makeList();
    const seed = { workspace_id: me.principal.workspaceId, list_id: list, title: 'Milk' };
    await insertTasks(world.database, [taskSeed({ ...seed, template_id: uuidv7() })]);
    const two = [await make({ list_id: list, title: 'Milk' }), await make({ list_id: list, title: 'MILK' })];
    const refused = await api.updateList({ id: list, patch: { title_policy: 'unique' } }, me).catch((error) => error);
    expect(two.map(({ id }) => id)).toContain(refused.details.task_id);
  });

  test('comes about only while no two are the same, and never leaves a hole for a race', async () => {
    for (let round = 0; round < 5; round += 1) {
      const list = await makeList();
      const [policy] = await Promise.all([
        codeOf(api.updateList({ id: list, patch: { title_policy: 'unique' } }, me)),
        ...Array.from({ length: 8 }, () => codeOf(api.createTask({ list_id: list, title: 'Same' }, me))),
      ]);
      const { counts, title_policy: result } = await api.getList({ id: list }, me);
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
    expect(await codeOf(api.updateList({ id: list, patch: { title_policy: 'unique' } }, me))).toBe('ok');
    await make({ list_id: list, title: 'Water plants' });
    expect(await codeOf(api.createTask({ list_id: list, title: 'water plants' }, me))).toBe('duplicate_task');
  });
});

describe('subtasks', () => {
  test('go to the list of their parent, five levels deep', async () => {
    const list = await makeList();
    let parent = await make({ list_id: list });
    for (let level = 2; level <= 5; level += 1) parent = await make({ parent_id: parent.id });
    expect(parent.list_id).toBe(list);
    expect(await codeOf(api.createTask({ title: 'x', parent_id: parent.id }, me))).toBe('subtasks_too_deep');
  });

  test('a tree is moved only where all of it fits', async () => {
    const tree = await make();
    await make({ parent_id: (await make({ parent_id: tree.id })).id });
    let place = await make();
    for (let level = 2; level <= 3; level += 1) place = await make({ parent_id: place.id });
    expect(await codeOf(api.updateTask({ id: tree.id, patch: { parent_id: place.id } }, me))).toBe('subtasks_too_deep');
  });

  test('never form a cycle, whoever moves them at once', async () => {
    const tasks = await Promise.all(Array.from({ length: 6 }, () => make()));
    const at = (index: number): string => tasks[index % 6]?.id ?? '';
    const moves = Array.from({ length: 60 }, (_, index) =>
      codeOf(api.updateTask({ id: at(index), patch: { parent_id: at(index * 7 + 3) } }, me)),
    );
    expect(new Set(await Promise.all(moves))).toEqual(new Set(['ok', 'parent_cycle']));
    for (const { id } of tasks) {
      let above: string | null = id;
      for (let steps = 0; above !== null; steps += 1) {
        expect(steps).toBeLessThan(10);
        above = (await api.getTask({ id: above }, me)).parent_id;
      }
    }
  });

  test('go with their task, each with an event of its own, also while more are made', async () => {
    const root = await make();
    const child = await make({ parent_id: root.id });
    const codes = await Promise.all([
      ...Array.from({ length: 10 }, () => codeOf(api.createTask({ title: 'late', parent_id: root.id }, me))),
      codeOf(api.deleteTask({ id: root.id }, me)),
    ]);
    expect(codes.filter((code) => code !== 'ok' && code !== 'task_not_found')).toEqual([]);
    expect(await codeOf(api.getTask({ id: child.id }, me))).toBe('task_not_found');
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
    await api.updateTask({ id: ids['c'] ?? '', patch: { before: ids['a'] ?? '' } }, me);
    expect(await positions(list)).toEqual(['c', 'a', 'b']);
    await api.updateTask({ id: ids['c'] ?? '', patch: { after: ids['a'] ?? '' } }, me);
    expect(await positions(list)).toEqual(['a', 'c', 'b']);
    await make({ list_id: list, title: 'd', before: ids['c'] ?? '' });
    await api.updateTask({ id: ids['a'] ?? '', patch: { after: ids['b'] ?? '' } }, me);
    await make({ list_id: list, title: 'new' });
    expect(await positions(list)).toEqual(['d', 'c', 'b', 'a', 'new']);
  });

  test('a neighbour must be another task of the list', async () => {
    const task = await make({ list_id: await makeList() });
    const stranger = await make({ list_id: await makeList() });
    expect(await codeOf(api.updateTask({ id: task.id, patch: { before: stranger.id } }, me))).toBe('validation_error');
    expect(await codeOf(api.updateTask({ id: task.id, patch: { after: task.id } }, me))).toBe('validation_error');
    const moved = await api.updateTask({ id: task.id, patch: { list_id: stranger.list_id, after: stranger.id } }, me);
    expect(moved.list_id).toBe(stranger.list_id);
  });

  test('keeps every key unique when many move at once', async () => {
    const list = await makeList();
    const tasks = await Promise.all(Array.from({ length: 8 }, () => make({ list_id: list })));
    const at = (index: number): string => tasks[index % 8]?.id ?? '';
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        codeOf(api.updateTask({ id: at(index), patch: { before: at(index * 5 + 3) } }, me)),
      ),
    );
    const { items } = await api.findTasksOfList({ id: list }, me);
    expect(new Set(items.map(({ position }) => position)).size).toBe(8);
  });
});

describe('lists', () => {
  test('the Inbox is made once by whoever comes first, and stays', async () => {
    const tasks = await Promise.all(Array.from({ length: 10 }, () => make()));
    const [inbox] = tasks;
    expect(new Set(tasks.map(({ list_id }) => list_id)).size).toBe(1);
    expect(await codeOf(api.deleteList({ id: inbox?.list_id ?? '', tasks: 'delete' }, me))).toBe('inbox_not_deletable');
    expect(await api.getList({ id: inbox?.list_id ?? '' }, me)).toMatchObject({
      is_inbox: true,
      counts: { total: 10, open: 10 },
    });
  });

  test('a list with tasks is deleted only when one says what becomes of them', async () => {
    const list = await makeList();
    const target = await makeList();
    const task = await make({ list_id: list });
    expect(await codeOf(api.deleteList({ id: list }, me))).toBe('list_not_empty');
    expect(await codeOf(api.deleteList({ id: list, tasks: 'move' }, me))).toBe('validation_error');
    expect(await codeOf(api.deleteList({ id: list, tasks: 'move', to: uuidv7() }, me))).toBe('list_not_found');
    await api.deleteList({ id: list, tasks: 'move', to: target }, me);
    expect(await api.getTask({ id: task.id }, me)).toMatchObject({ list_id: target, version: 2 });
    await api.deleteList({ id: target, tasks: 'delete' }, me);
    expect((await eventsOf(task.id)).map(({ event }) => event)).toEqual(['created', 'updated', 'deleted']);
    expect((await eventsOf(list)).map(({ event }) => event)).toEqual(['list_created', 'list_deleted']);
  });

  test('moving tasks to a list of unique titles moves all or none', async () => {
    const list = await makeList();
    await make({ list_id: list, title: 'Same' });
    await make({ list_id: list, title: 'same' });
    const target = await makeList({ title_policy: 'unique' });
    await expect(api.deleteList({ id: list, tasks: 'move', to: target }, me)).rejects.toMatchObject({
      code: 'duplicate_task',
      details: { title: 'same' },
    });
    expect((await api.getList({ id: list }, me)).counts.total).toBe(2);
  });
});

/** A change of each, in this order. */
function changeAll(ids: string[]): Promise<string> {
  const operations = ids.map((id) => ({ op: 'update' as const, id, patch: { title: uuidv7() } }));
  return codeOf(api.batchTasks({ operations }, me));
}

describe('a batch', () => {
  test('is all or nothing by default, and tells which operation failed', async () => {
    const task = await make();
    const batch = api.batchTasks(
      {
        operations: [
          { op: 'update', id: task.id, patch: { title: 'Changed' } },
          { op: 'create', task: { title: 'New' } },
          { op: 'delete', id: uuidv7() },
        ],
      },
      me,
    );
    await expect(batch).rejects.toMatchObject({ code: 'task_not_found', details: { operation: 2 } });
    expect(await eventsOf(task.id)).toHaveLength(1);
  });

  test('with each, one fault spoils nothing else', async () => {
    const list = await makeList({ title_policy: 'unique' });
    const body = await api.batchTasks(
      {
        mode: 'each',
        operations: ['a', 'A', 'b'].map((title) => ({ op: 'create' as const, task: { title, list_id: list } })),
      },
      me,
    );
    expect(body.results.map(({ status, error }) => [status, error?.code ?? null])).toEqual([
      [201, null],
      [409, 'duplicate_task'],
      [201, null],
    ]);
  });

  test('does two operations on one task in their order, each with its version and event', async () => {
    const task = await make();
    const body = await api.batchTasks(
      {
        operations: [
          { op: 'update', id: task.id, patch: { status: 'in_progress' }, if_match: 1 },
          { op: 'update', id: task.id, patch: { status: 'done' }, if_match: 2 },
        ],
      },
      me,
    );
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
    expect((await api.getList({ id: list }, me)).counts.total).toBe(450);
  });

  test('refuses what does not go with an operation, by its path', async () => {
    const operations = [{ op: 'create' as const, id: uuidv7() }, { op: 'update' as const }];
    await expect(api.batchTasks({ operations }, me)).rejects.toMatchObject({
      code: 'validation_error',
      details: [
        { field: 'operations[0].task', code: 'required', issue: 'is required with create' },
        { field: 'operations[0].id', code: 'not_combinable', issue: 'does not go with create' },
        { field: 'operations[1].id', code: 'required', issue: 'is required with update' },
        { field: 'operations[1].patch', code: 'required', issue: 'is required with update' },
      ],
    });
  });
});

describe('tags', () => {
  test('are renamed and merged on every task, each with its event, and never stand twice', async () => {
    const both = await make({ tags: ['errand', 'weekly'] });
    const one = await make({ tags: ['errand'] });
    expect(await codeOf(api.renameTag({ name: 'errand', patch: { name: 'weekly' } }, me))).toBe('duplicate_tag');
    expect(await codeOf(api.renameTag({ name: 'nothing', patch: { name: 'something' } }, me))).toBe('tag_not_found');
    expect(await api.renameTag({ name: 'errand', patch: { name: 'shopping' } }, me)).toEqual({
      name: 'shopping',
      changed: 2,
    });
    expect(await api.mergeTag({ name: 'shopping', into: 'weekly' }, me)).toEqual({ name: 'weekly', changed: 2 });
    expect((await api.getTask({ id: both.id }, me)).tags).toEqual(['weekly']);
    expect((await api.getTask({ id: one.id }, me)).tags).toEqual(['weekly']);
    expect((await eventsOf(both.id)).map(({ version }) => version)).toEqual([1, 2, 3]);
  });

  test('are deleted from every task, each with its event, and no others change', async () => {
    const both = await make({ tags: ['weekly', 'errand', 'home'] });
    const done = await make({ tags: ['errand'], status: 'archived' });
    const other = await make({ tags: ['errands'] });
    expect(await codeOf(api.deleteTag({ name: 'errand' }, contextOf(uuidv7())))).toBe('tag_not_found');
    expect(await api.deleteTag({ name: 'errand' }, me)).toEqual({ name: 'errand', changed: 2 });
    expect((await api.getTask({ id: both.id }, me)).tags).toEqual(['weekly', 'home']);
    expect((await api.getTask({ id: done.id }, me)).tags).toEqual([]);
    expect(await api.getTask({ id: other.id }, me)).toEqual(other);
    expect((await eventsOf(both.id)).map(({ version }) => version)).toEqual([1, 2]);
    expect(await codeOf(api.deleteTag({ name: 'errand' }, me))).toBe('tag_not_found');
  });
});

test('a request sent twice with one key has one effect', async () => {
  const context = { ...me, idempotencyKey: 'once' };
  const bus = world.bus();
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => callOperation(bus, tasksOperations.createTask, { title: 'Once' }, context)),
  );
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(new Set(answers.map(({ body }) => (body as Task).id)).size).toBe(1);
  const { page } = await api.findTasks({ count: 'exact' }, me);
  expect(page.total).toBe(1);
});
