// Tasks that are completed while they have open subtasks, as their list rules.
import { ConflictError, DomainError, type CallContext } from '@mono/contract';
import type { ErrorDetails } from '@mono/contract/errors';
import { uuidv7 } from 'uuidv7';
import {
  MAX_COMPLETED_SUBTASKS,
  type BatchOperation,
  type List,
  type OnCompleteWithSubtasks,
  type Task,
  type WorkflowReplacement,
} from '../../contract/index.js';
import { untilBlocked } from '../../testing/blocked.js';
import { occurrencesIn, recurrenceIn } from '../../testing/occurrences.js';
import { contextOf, createTasksWorld, type TasksOperations, type TasksWorld } from '../../testing/tasks-world.js';
import { limitedTo } from '../../testing/trash.js';

let world: TasksWorld;
let api: TasksOperations;
let me: CallContext;
let list: List;
let other: List;
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
  root = await make('Root');
  first = await make('First', { parent_id: root.id });
  second = await make('Second', { parent_id: root.id, list_id: other.id });
  // Open below a closed one.
  await patch(first, { status: 'done' });
  deep = await make('Deep', { parent_id: first.id });
});

const make = (title: string, more: object = {}): Promise<Task> =>
  api.createTask({ title, list_id: list.id, ...more }, me);
const patch = ({ id }: Task, patched: object, by = me): Promise<Task> => api.updateTask({ id, patch: patched }, by);
const rule = (on_complete_with_subtasks: OnCompleteWithSubtasks, of = list): Promise<List> =>
  api.updateList({ id: of.id, patch: { on_complete_with_subtasks } }, me);
const govern = (workflow: Pick<WorkflowReplacement, keyof WorkflowReplacement>, of = list): Promise<unknown> =>
  api.replaceWorkflow({ id: of.id, ...workflow }, me);
const done = ({ id }: Task): BatchOperation => ({ op: 'update', id, patch: { status: 'done' } });
const complete = (task = root, by = me): Promise<Task> => api.completeTask({ id: task.id }, by);

async function statesOf(...tasks: Task[]): Promise<string[]> {
  const now = await Promise.all(tasks.map(({ id }) => api.getTask({ id }, me)));
  return now.map(({ status, version }) => `${status} ${version}`);
}

async function refusal(work: Promise<unknown>): Promise<unknown> {
  const error = await work.then(
    (answer) => ({ answer }),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DomainError)) return error;
  return { code: error.code, kind: error.kind, details: error.details };
}

async function eventsOf({ id }: Task): Promise<string[]> {
  const rows = await world.database.query<{ version: number; event: string }>(
    `SELECT version, payload->>'event' AS event FROM tasks.outbox WHERE aggregate_id = $1 ORDER BY version`,
    [id],
  );
  return rows.map(({ version, event }) => `${event} ${version}`);
}

const WAYS: Record<string, () => Promise<unknown>> = {
  PATCH: () => patch(root, { status: 'done' }),
  PUT: () => api.replaceTask({ id: root.id, title: 'Root', list_id: list.id, status: 'done' }, me),
  complete: () => complete(),
  'a batch': () => api.batchTasks({ operations: [done(root)] }, me),
  'a batch with others': async () => {
    const more = await make('Another');
    await api.batchTasks({ operations: [done(more), done(root)] }, me);
  },
  'a batch that runs on after errors': async () => {
    const { results } = await api.batchTasks({ mode: 'each', operations: [done(root)] }, me);
    const [{ error } = { error: null }] = results;
    if (error) throw new ConflictError(error.code, error.message, error.details as ErrorDetails);
  },
};

const REFUSED = () => ({ task_id: root.id, open: 2, subtask_ids: [deep.id, second.id] });

describe.each(Object.keys(WAYS))('by %s', (way) => {
  const run = (): Promise<unknown> => WAYS[way]?.() ?? Promise.resolve();

  test('by default a list leaves them', async () => {
    expect(list.on_complete_with_subtasks).toBe('leave');
    await run();
    expect(await statesOf(root, first, second, deep)).toEqual(['done 2', 'done 2', 'todo 1', 'todo 1']);
  });

  test('they are completed with it, each with a version and an event', async () => {
    await rule('complete');
    await run();
    expect(await statesOf(root, first, second, deep)).toEqual(['done 2', 'done 2', 'done 2', 'done 2']);
    for (const task of [root, second, deep]) expect(await eventsOf(task)).toEqual(['created 1', 'completed 2']);
    expect(await eventsOf(first)).toEqual(['created 1', 'completed 2']);
  });

  test('they refuse it', async () => {
    await rule('refuse');
    expect(await refusal(run())).toMatchObject({ code: 'open_subtasks', details: REFUSED() });
    expect(await statesOf(root, first, second, deep)).toEqual(['todo 1', 'done 2', 'todo 1', 'todo 1']);
    await patch(second, { status: 'cancelled' });
    await patch(deep, { status: 'done' });
    await run();
    expect(await statesOf(root)).toEqual(['done 2']);
  });
});

describe('the list that rules', () => {
  test('is the one that the task is in afterwards', async () => {
    await rule('refuse', other);
    await rule('complete');
    expect(await refusal(patch(root, { list_id: other.id, status: 'done' }))).toMatchObject({ code: 'open_subtasks' });
    await rule('leave');
    await rule('complete', other);
    await patch(root, { list_id: other.id, status: 'done' });
    expect(await api.getTask({ id: deep.id }, me)).toMatchObject({ status: 'done', list_id: other.id });
  });

  test('does not concern what is done already, moved, created or closed otherwise', async () => {
    await complete();
    await rule('refuse');
    await patch(root, { title: 'New' });
    await complete();
    await api.createTask({ title: 'Done', list_id: list.id, status: 'done' }, me);
    await rule('refuse', other);
    await patch(root, { list_id: other.id });
    const parent = await make('Parent');
    await make('Child', { parent_id: parent.id });
    await patch(parent, { status: 'cancelled' });
    expect(await statesOf(parent, second)).toEqual(['cancelled 2', 'todo 1']);
  });

  test('is a setting as others: written, defaulted, told, kept in the trash', async () => {
    const made = await api.createList({ title: 'New', on_complete_with_subtasks: 'refuse' }, me);
    expect(made.on_complete_with_subtasks).toBe('refuse');
    await api.deleteList({ id: made.id }, me);
    await world.trash().restoreFromTrash({ id: made.id }, me);
    expect(await api.getList({ id: made.id }, me)).toMatchObject({ on_complete_with_subtasks: 'refuse' });
    const replaced = await api.replaceList({ id: made.id, title: 'New' }, me);
    expect(replaced.on_complete_with_subtasks).toBe('leave');
  });
});

async function completion(): Promise<unknown> {
  const { items } = await api.getTransitions({ id: root.id }, me);
  return items.find(({ to }) => to === 'done');
}

describe('the workflows of the lists', () => {
  test('a guard for closed subtasks is fulfilled by completing them', async () => {
    await rule('complete');
    await govern({ guards: { done: ['no_open_subtasks'] } });
    await govern({ guards: { done: ['no_open_subtasks'] } }, other);
    await complete();
    expect(await statesOf(root, second, deep)).toEqual(['done 2', 'done 2', 'done 2']);
  });

  test('a subtask that they refuse refuses all, and is named', async () => {
    await rule('complete');
    await govern({ guards: { done: ['estimate_required'] } }, other);
    const refused = {
      code: 'transition_guarded',
      details: { task_id: second.id, list_id: other.id, to: 'done', rule: 'estimate_required' },
    };
    for (const way of Object.values(WAYS)) expect(await refusal(way())).toMatchObject(refused);
    expect(await statesOf(root, second, deep)).toEqual(['todo 1', 'todo 1', 'todo 1']);
    await patch(second, { estimated_duration: 'PT1H' });
    await complete();
    expect(await statesOf(root, second, deep)).toEqual(['done 2', 'done 3', 'done 2']);
  });

  test('the possible transitions tell of both', async () => {
    expect(await completion()).toEqual({ to: 'done', allowed: true, refusals: [] });
    await rule('refuse');
    expect(await completion()).toMatchObject({
      allowed: false,
      refusals: [{ code: 'open_subtasks', details: REFUSED() }],
    });
    await rule('complete');
    await govern({ guards: { done: ['no_open_subtasks'] } });
    expect(await completion()).toEqual({ to: 'done', allowed: true, refusals: [] });
    await govern({ guards: { done: ['assignee_required'] } }, other);
    expect(await completion()).toMatchObject({
      allowed: false,
      refusals: [{ code: 'transition_guarded', details: { task_id: second.id } }],
    });
  });
});

describe('a caller that is limited to lists', () => {
  test('completes no subtasks beyond, and is told only the number of these', async () => {
    const limited = limitedTo(me, list.id);
    await rule('complete');
    expect(await refusal(complete(root, limited))).toMatchObject({ code: 'forbidden' });
    await rule('refuse');
    expect(await refusal(complete(root, limited))).toMatchObject({ details: { open: 2, subtask_ids: [deep.id] } });
    expect(await statesOf(root, second, deep)).toEqual(['todo 1', 'todo 1', 'todo 1']);
  });
});

test('so many subtasks are completed at most', async () => {
  await rule('complete');
  const operations = Array.from({ length: MAX_COMPLETED_SUBTASKS - 2 }, (_, index) => ({
    op: 'create' as const,
    task: { title: `Part ${index}`, parent_id: second.id },
  }));
  for (let start = 0; start < operations.length; start += 250)
    await api.batchTasks({ operations: operations.slice(start, start + 250) }, me);
  const last = await make('One more', { parent_id: deep.id });
  expect(await refusal(complete())).toMatchObject({
    code: 'too_many_subtasks',
    details: { task_id: root.id, limit: MAX_COMPLETED_SUBTASKS },
  });
  await patch(last, { status: 'cancelled' });
  await complete();
  const { items } = await api.findTasks({ status: ['todo'] }, me);
  expect(items).toEqual([]);
}, 120_000);

test('a batch runs in its order', async () => {
  await rule('complete');
  const operations: BatchOperation[] = [
    { op: 'update', id: second.id, patch: { status: 'in_progress' } },
    done(root),
    { op: 'update', id: deep.id, patch: { status: 'blocked' } },
  ];
  await api.batchTasks({ operations }, me);
  expect(await statesOf(root, second, deep)).toEqual(['done 2', 'done 3', 'blocked 3']);
});

test('an occurrence is completed with its parent as by a user', async () => {
  await rule('complete');
  const [occurrence] = occurrencesIn(other.id, 1);
  const { workspaceId } = me.principal;
  await world.occurrences().materialise(recurrenceIn(workspaceId), { occurrences: [occurrence] });
  await api.updateTask({ id: occurrence.task_id, patch: { parent_id: root.id } }, me);
  await complete();
  const [told] = await world.database.query(
    `SELECT payload->>'event' AS event, payload->>'origin' AS origin, payload->'occurrence'->>'series_id' AS series
     FROM tasks.outbox WHERE aggregate_id = $1 ORDER BY version DESC LIMIT 1`,
    [occurrence.task_id],
  );
  expect(told).toEqual({ event: 'completed', origin: 'user', series: occurrence.series_id });
});

/** Starts the work while a transaction holds what it needs. */
async function during<T>(statement: string, values: unknown[], work: () => Promise<T>): Promise<T> {
  let started: Promise<T> | undefined;
  await world.database.transaction(async (on) => {
    // As a change of the list locks it.
    await on.query('SELECT FROM tasks.list WHERE id = $1 FOR UPDATE', values);
    await on.query(statement, values);
    started = work();
    started.catch(() => undefined);
    await untilBlocked(world.database);
  });
  if (!started) throw new Error('Nothing was started.');
  return started;
}

/** Completes the root while a subtask is added below a task, as its creation holds that. */
async function whileAdded(below: Task): Promise<{ completed: unknown; added: Task }> {
  let added = below;
  let completed: Promise<unknown> | undefined;
  await world.database.transaction(async (on) => {
    await on.query('SELECT FROM tasks.task WHERE id = $1 FOR KEY SHARE', [below.id]);
    completed = refusal(complete());
    await untilBlocked(world.database);
    added = await make('Added', { parent_id: below.id });
  });
  return { completed: await completed, added: await api.getTask({ id: added.id }, me) };
}

describe('races', () => {
  test('a list that begins to refuse a moment before', async () => {
    const sql = `UPDATE tasks.list SET on_complete_with_subtasks = 'refuse', version = version + 1 WHERE id = $1`;
    expect(await refusal(during(sql, [list.id], () => complete()))).toMatchObject({ code: 'open_subtasks' });
  });

  test('a list that stops refusing a moment before', async () => {
    await rule('refuse');
    const sql = `UPDATE tasks.list SET on_complete_with_subtasks = 'leave', version = version + 1 WHERE id = $1`;
    expect(await during(sql, [list.id], () => complete())).toMatchObject({ status: 'done' });
  });

  test.each([
    ['refuse', { code: 'open_subtasks' }],
    ['complete', { answer: { status: 'done' } }],
  ] as const)('a subtask is added while its parent is completed, in a list that says %s', async (ruling, answer) => {
    await rule(ruling);
    for (const task of [second, deep]) await patch(task, { status: 'cancelled' });
    const { completed, added } = await whileAdded(root);
    expect(completed).toMatchObject(answer);
    expect(added.status).toBe(ruling === 'refuse' ? 'todo' : 'done');
  });

  test('an open subtask that gets one below it takes that along', async () => {
    await rule('complete');
    const { completed, added } = await whileAdded(deep);
    expect(completed).toMatchObject({ answer: { status: 'done' } });
    expect(added).toMatchObject({ status: 'done', version: 2 });
  });

  test('all levels are completed at once by several callers', async () => {
    await rule('complete');
    await rule('complete', other);
    await Promise.all([complete(), complete(deep), complete(second), complete()]);
    expect(await statesOf(root, second, deep)).toEqual(['done 2', 'done 2', 'done 2']);
  });
});
