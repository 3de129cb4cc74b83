// Workflows of lists, by their operations.
import { DomainError, type CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { List, Task, TaskStatus, WorkflowReplacement } from '../../contract/index.js';
import { occurrencesIn, recurrenceIn, revisionOf, type Occurrence } from '../../testing/occurrences.js';
import { contextOf, createTasksWorld, type TasksOperations, type TasksWorld } from '../../testing/tasks-world.js';

let world: TasksWorld;
let api: TasksOperations;
let me: CallContext;
let list: List;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(async () => {
  me = contextOf(uuidv7());
  list = await api.createList({ title: 'Board' }, me);
});

const make = (more: object = {}, by = me): Promise<Task> =>
  api.createTask({ title: 'Task', list_id: list.id, ...more }, by);
const moveTo = ({ id }: Task, status: TaskStatus, by = me): Promise<Task> =>
  api.updateTask({ id, patch: { status } }, by);
const govern = (workflow: Pick<WorkflowReplacement, keyof WorkflowReplacement>) =>
  api.replaceWorkflow({ id: list.id, ...workflow }, me);

async function refusal(work: Promise<unknown>): Promise<unknown> {
  const error = await work.then(
    (answer) => ({ answer }),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DomainError)) return error;
  return { code: error.code, kind: error.kind, details: error.details };
}

async function eventsOf(id: string): Promise<{ version: number; payload: { event: string; changes: object } }[]> {
  return world.database.query('SELECT version, payload FROM tasks.outbox WHERE aggregate_id = $1 ORDER BY seq', [id]);
}

const update = ({ id }: Task, status: TaskStatus) => ({ op: 'update' as const, id, patch: { status } });

async function countOf(status: TaskStatus): Promise<number> {
  const [row] = await world.database.query<{ tasks: number }>(
    'SELECT count(*)::int AS tasks FROM tasks.task WHERE list_id = $1 AND status = $2',
    [list.id, status],
  );
  return row?.tasks ?? 0;
}

const STRICT = { todo: ['in_progress', 'cancelled'], in_progress: ['todo', 'done'] } as const;
const STRICT_WORKFLOW = {
  transitions: { todo: [...STRICT.todo], in_progress: [...STRICT.in_progress] },
} satisfies WorkflowReplacement;

function invalid(from: TaskStatus, to: TaskStatus, allowed: readonly TaskStatus[]): object {
  return { code: 'invalid_transition', kind: 'conflict', details: { list_id: list.id, from, to, allowed } };
}
function full(status: TaskStatus, limit: number): object {
  return { code: 'wip_limit_exceeded', kind: 'conflict', details: { list_id: list.id, status, limit } };
}
function guarded(to: TaskStatus, rule: string): object {
  return { code: 'transition_guarded', kind: 'conflict', details: { list_id: list.id, to, rule } };
}

describe('the workflow of a list', () => {
  const NONE = { transitions: null, wip_limits: {}, guards: {}, roles: {} };

  test('a list has none at first, and takes one as a change of the list', async () => {
    expect(await api.getWorkflow({ id: list.id }, me)).toEqual({ ...NONE, version: 1 });
    const workflow = { ...NONE, ...STRICT_WORKFLOW, wip_limits: { in_progress: 2 } };
    expect(await govern(workflow)).toEqual({ ...workflow, version: 2, unfit_tasks: [] });
    expect(await api.getWorkflow({ id: list.id }, me)).toEqual({ ...workflow, version: 2 });
    expect((await api.getList({ id: list.id }, me)).version).toBe(2);
    const [, changed] = await eventsOf(list.id);
    expect(changed).toMatchObject({
      version: 2,
      payload: { event: 'list_updated', changes: { workflow: { from: null, to: workflow } } },
    });
  });

  test('the same again changes nothing, and an empty one removes it', async () => {
    await govern({ guards: { done: ['not_blocked'] }, ...STRICT_WORKFLOW });
    const again = { ...STRICT_WORKFLOW, guards: { done: ['not_blocked'] as ['not_blocked'], todo: [] } };
    expect(await govern(again)).toMatchObject({ version: 2 });
    expect(await govern({ guards: { done: [] } })).toMatchObject({ ...NONE, version: 3 });
    expect(await moveTo(await make(), 'done')).toMatchObject({ status: 'done' });
    expect(await eventsOf(list.id)).toHaveLength(3);
  });

  test('a dry run answers as the change, which is not made', async () => {
    const task = await make({ status: 'in_progress' });
    const answer = await api.replaceWorkflow(
      { id: list.id, guards: { in_progress: ['assignee_required'] }, dry_run: true },
      me,
    );
    expect(answer).toMatchObject({ version: 1, unfit_tasks: [{ task_id: task.id }] });
    expect(await api.getWorkflow({ id: list.id }, me)).toEqual({ ...NONE, version: 1 });
  });

  test('If-Match guards it; lists out of reach and of others are not found', async () => {
    await govern(STRICT_WORKFLOW);
    const stale = { ...me, expectedVersion: 1 };
    expect(await refusal(api.replaceWorkflow({ id: list.id }, stale))).toMatchObject({ code: 'version_conflict' });
    const limited = { ...me, principal: { ...me.principal, listIds: [uuidv7()] } };
    for (const by of [limited, contextOf(uuidv7())]) {
      expect(await refusal(api.getWorkflow({ id: list.id }, by))).toMatchObject({ code: 'list_not_found' });
      expect(await refusal(api.replaceWorkflow({ id: list.id }, by))).toMatchObject({ code: 'list_not_found' });
    }
    expect(await api.getWorkflow({ id: list.id }, me)).toMatchObject(STRICT_WORKFLOW);
  });

  test('a change names the tasks that no longer fit and leaves them', async () => {
    const first = await make({ status: 'in_progress', estimated_duration: 'PT1H' });
    const second = await make({ status: 'in_progress' });
    const { id: parentId } = await make({ status: 'done' });
    await make({ parent_id: parentId });
    const parent = await api.getTask({ id: parentId }, me);
    const archived = await make({ status: 'archived' });
    const { unfit_tasks: unfit } = await govern({
      ...STRICT_WORKFLOW,
      wip_limits: { in_progress: 1 },
      guards: { in_progress: ['estimate_required'], done: ['no_open_subtasks'] },
    });
    expect(unfit.map(({ task_id, code }) => [task_id, code])).toEqual([
      [second.id, 'transition_guarded'],
      [parent.id, 'transition_guarded'],
      [archived.id, 'invalid_transition'],
    ]);
    const { unfit_tasks: beyond } = await govern({ wip_limits: { in_progress: 1 } });
    expect(beyond).toMatchObject([{ task_id: second.id, code: 'wip_limit_exceeded' }]);
    for (const task of [first, second, parent, archived]) expect(await api.getTask({ id: task.id }, me)).toEqual(task);
  });
});

describe('transitions', () => {
  test('other moves are refused by every way, and change nothing', async () => {
    await govern(STRICT_WORKFLOW);
    const task = await make();
    const refused = invalid('todo', 'done', STRICT.todo);
    expect(await refusal(moveTo(task, 'done'))).toEqual(refused);
    const replacement = { title: 'Task', list_id: list.id, status: 'done' as const };
    expect(await refusal(api.replaceTask({ id: task.id, ...replacement }, me))).toEqual(refused);
    expect(await refusal(make({ status: 'done' }))).toEqual(refused);
    const batch = { operations: [{ op: 'update' as const, id: task.id, patch: { status: 'done' as const } }] };
    expect(await refusal(api.batchTasks(batch, me))).toMatchObject({ code: 'invalid_transition' });
    expect(await api.getTask({ id: task.id }, me)).toEqual(task);
    expect(await eventsOf(task.id)).toHaveLength(1);
  });

  test('allowed moves, and all other changes, go on', async () => {
    await govern(STRICT_WORKFLOW);
    const task = await make({ status: 'in_progress' });
    await moveTo(task, 'done');
    const renamed = await api.updateTask({ id: task.id, patch: { title: 'Done' } }, me);
    expect(renamed).toMatchObject({ title: 'Done', status: 'done', version: 3 });
    // Nothing leads out of `done`.
    expect(await refusal(moveTo(task, 'todo'))).toEqual(invalid('done', 'todo', []));
  });

  test('a task that comes from another list brings its status, and obeys its new list', async () => {
    const other = await api.createList({ title: 'Free' }, me);
    const done = await make({ status: 'done', list_id: other.id });
    const open = await make({ list_id: other.id });
    await govern(STRICT_WORKFLOW);
    const moved = await api.updateTask({ id: done.id, patch: { list_id: list.id } }, me);
    expect(moved).toMatchObject({ list_id: list.id, status: 'done' });
    const both = { list_id: list.id, status: 'done' as const };
    expect(await refusal(api.updateTask({ id: open.id, patch: both }, me))).toEqual(
      invalid('todo', 'done', STRICT.todo),
    );
    // Out of the list, its workflow has no say.
    expect(await api.updateTask({ id: moved.id, patch: { list_id: other.id, status: 'todo' } }, me)).toMatchObject({
      status: 'todo',
    });
  });
});

describe('WIP limits', () => {
  test('a full status takes no task by any way until one leaves it', async () => {
    const other = await api.createList({ title: 'Free' }, me);
    const elsewhere = await make({ list_id: other.id, status: 'in_progress' });
    await govern({ wip_limits: { in_progress: 2 } });
    const first = await make({ status: 'in_progress' });
    const waiting = await make();
    await moveTo(await make(), 'in_progress');
    const refused = full('in_progress', 2);
    expect(await refusal(moveTo(waiting, 'in_progress'))).toEqual(refused);
    expect(await refusal(make({ status: 'in_progress' }))).toEqual(refused);
    expect(await refusal(api.updateTask({ id: elsewhere.id, patch: { list_id: list.id } }, me))).toEqual(refused);
    expect(await refusal(api.deleteList({ id: other.id, tasks: 'move', to: list.id }, me))).toEqual(refused);
    // A task that is there already may be changed.
    expect(await api.updateTask({ id: first.id, patch: { title: 'Still here' } }, me)).toMatchObject({ version: 2 });
    await api.deleteTask({ id: first.id }, me);
    expect(await moveTo(waiting, 'in_progress')).toMatchObject({ status: 'in_progress' });
    await moveTo(waiting, 'done');
    await api.deleteList({ id: other.id, tasks: 'move', to: list.id }, me);
    expect((await api.getTask({ id: elsewhere.id }, me)).list_id).toBe(list.id);
  });

  test('of 50 moves at once as many succeed as the limit allows', async () => {
    await govern({ wip_limits: { in_progress: 3 } });
    const { results } = await api.batchTasks(
      {
        operations: Array.from({ length: 25 }, (_, index) => ({
          op: 'create',
          task: { title: `Task ${index}`, list_id: list.id },
        })),
      },
      me,
    );
    const waiting = results.flatMap(({ task }) => task ?? []);
    const last = waiting.at(-1) as Task;
    const moves = [
      ...waiting.map((task) => moveTo(task, 'in_progress')),
      ...waiting.slice(0, 10).map((task, index) => {
        const patch = { status: 'in_progress' as const, ...(index % 2 === 0 && { before: last.id }) };
        return api.batchTasks({ operations: [{ op: 'update', id: task.id, patch }] }, me);
      }),
      ...Array.from({ length: 15 }, () => make({ status: 'in_progress' })),
    ];
    const outcomes = await Promise.all(moves.map(refusal));
    const counted = await countOf('in_progress');
    expect(counted).toBe(3);
    const refused = outcomes.filter((outcome) => (outcome as { code?: string }).code !== undefined);
    expect(new Set(refused.map((outcome) => (outcome as { code: string }).code))).toEqual(
      new Set(['wip_limit_exceeded']),
    );
  });

  test('a limit that is set while tasks move is not exceeded by any move after it', async () => {
    const waiting = await Promise.all(Array.from({ length: 20 }, () => make()));
    const moves = Promise.all(waiting.map((task) => refusal(moveTo(task, 'in_progress'))));
    const { unfit_tasks: beyond } = await govern({ wip_limits: { in_progress: 5 } });
    await moves;
    expect(await countOf('in_progress')).toBe(5 + beyond.length);
  });
});

describe('guards', () => {
  test('an assignee and an estimate are required, and may come with the move', async () => {
    await govern({ guards: { in_progress: ['assignee_required', 'estimate_required'] } });
    const task = await make();
    expect(await refusal(moveTo(task, 'in_progress'))).toEqual(guarded('in_progress', 'assignee_required'));
    const assigned = { status: 'in_progress' as const, assignee_id: uuidv7() };
    expect(await refusal(api.updateTask({ id: task.id, patch: assigned }, me))).toEqual(
      guarded('in_progress', 'estimate_required'),
    );
    const whole = { ...assigned, estimated_duration: 'PT1H' };
    expect(await api.updateTask({ id: task.id, patch: whole }, me)).toMatchObject(whole);
    expect(await make(whole)).toMatchObject(whole);
  });

  test('a task with open subtasks is not done', async () => {
    await govern({ guards: { done: ['no_open_subtasks'] } });
    const parent = await make();
    const [one, two] = [await make({ parent_id: parent.id }), await make({ parent_id: parent.id })];
    await moveTo(one, 'done');
    expect(await refusal(moveTo(parent, 'done'))).toEqual(guarded('done', 'no_open_subtasks'));
    await moveTo(two, 'cancelled');
    expect(await moveTo(parent, 'done')).toMatchObject({ status: 'done' });
  });

  test('a task that an open one blocks is not done, also in another list', async () => {
    await govern({ guards: { done: ['not_blocked'] } });
    const other = await api.createList({ title: 'Elsewhere' }, me);
    const [task, blocker] = [await make(), await make({ list_id: other.id })];
    await api.createRelation({ id: blocker.id, kind: 'blocks', task_id: task.id }, me);
    const limited = { ...me, principal: { ...me.principal, listIds: [list.id] } };
    for (const by of [me, limited])
      expect(await refusal(moveTo(task, 'done', by))).toEqual(guarded('done', 'not_blocked'));
    await moveTo(blocker, 'done');
    expect(await moveTo(task, 'done')).toMatchObject({ status: 'done' });
    await moveTo(blocker, 'todo');
    expect((await govern({ guards: { done: ['not_blocked', 'no_open_subtasks'] } })).unfit_tasks).toMatchObject([
      { task_id: task.id, code: 'transition_guarded' },
    ]);
  });

  test('a status that is kept for a role takes tasks from those who have it', async () => {
    await govern({ roles: { done: 'admin', archived: 'owner' } });
    const as = (role: string): CallContext => ({
      ...me,
      principal: { ...me.principal, kind: 'user', id: uuidv7(), scopes: ['tasks:write'], role },
    });
    const key = { ...me, principal: { ...me.principal, scopes: ['tasks:write'] } };
    const task = await make();
    for (const by of [as('member'), key])
      expect(await refusal(moveTo(task, 'done', by))).toEqual(guarded('done', 'role_admin'));
    expect(await moveTo(task, 'in_progress', as('member'))).toMatchObject({ status: 'in_progress' });
    expect(await moveTo(task, 'done', as('admin'))).toMatchObject({ status: 'done' });
    expect(await refusal(moveTo(task, 'archived', as('admin')))).toEqual(guarded('archived', 'role_owner'));
    expect(await moveTo(task, 'archived', as('owner'))).toMatchObject({ status: 'archived' });
  });
});

describe('batches', () => {
  test('one task makes room for another, in the order given', async () => {
    await govern({ wip_limits: { in_progress: 1 } });
    const [one, two] = [await make({ status: 'in_progress' }), await make()];
    const inOrder = [update(one, 'done'), update(two, 'in_progress')];
    expect((await api.batchTasks({ operations: inOrder }, me)).results.map(({ status }) => status)).toEqual([200, 200]);
    const against = [update(one, 'in_progress'), update(two, 'done')];
    expect(await refusal(api.batchTasks({ operations: against }, me))).toMatchObject({
      code: 'wip_limit_exceeded',
      details: { operation: 0, list_id: list.id, status: 'in_progress', limit: 1 },
    });
    expect((await api.getTask({ id: two.id }, me)).status).toBe('in_progress');
  });

  test('a batch counts the tasks that it moves itself', async () => {
    await govern({ wip_limits: { in_progress: 2 } });
    const tasks = [await make(), await make(), await make()];
    const moves = tasks.map((task) => update(task, 'in_progress'));
    expect(await refusal(api.batchTasks({ operations: moves }, me))).toMatchObject({
      code: 'wip_limit_exceeded',
      details: { operation: 2 },
    });
    expect(await countOf('in_progress')).toBe(0);
  });

  test('each operation for itself: what is refused is named, the others are done', async () => {
    await govern({ wip_limits: { in_progress: 2 }, ...STRICT_WORKFLOW });
    const tasks = [await make(), await make(), await make()];
    const operations = [
      ...tasks.map((task) => update(task, 'in_progress')),
      { op: 'create' as const, task: { title: 'Done at once', list_id: list.id, status: 'done' as const } },
      { op: 'create' as const, task: { title: 'New', list_id: list.id } },
    ];
    const { results } = await api.batchTasks({ mode: 'each', operations }, me);
    expect(results.map(({ status, error }) => error?.code ?? status)).toEqual([
      200,
      200,
      'wip_limit_exceeded',
      'invalid_transition',
      201,
    ]);
  });

  test('a batch of allowed moves is done together', async () => {
    await govern({ wip_limits: { in_progress: 100 }, ...STRICT_WORKFLOW });
    const tasks = await Promise.all(Array.from({ length: 100 }, () => make()));
    const { results } = await api.batchTasks({ operations: tasks.map((task) => update(task, 'in_progress')) }, me);
    expect(results.every(({ task }) => task?.status === 'in_progress' && task.version === 2)).toBe(true);
  });
});

describe('what no workflow refuses', () => {
  test('a task comes back from the trash as it was', async () => {
    await govern({ wip_limits: { in_progress: 1 } });
    const task = await make({ status: 'in_progress' });
    await api.deleteTask({ id: task.id }, me);
    await make({ status: 'in_progress' });
    await world.trash().restoreFromTrash({ id: task.id }, me);
    expect(await api.getTask({ id: task.id }, me)).toMatchObject({ status: 'in_progress' });
  });

  test('recurrence creates its tasks in `todo` and moves them with their template', async () => {
    const by = recurrenceIn(me.principal.workspaceId);
    const [occurrence, second] = occurrencesIn(list.id, 2);
    await world.occurrences().materialise(by, { occurrences: [occurrence] });
    const board = await api.createList({ title: 'Another board' }, me);
    await api.replaceWorkflow({ id: board.id, guards: { todo: ['assignee_required'] } }, me);
    const { results } = await world.occurrences().revise(by, {
      revisions: [revisionOf(occurrence, { list_id: board.id })],
    });
    expect(results).toMatchObject([{ outcome: 'revised' }]);
    const inBoard = { ...(second as Occurrence), list_id: board.id };
    expect((await world.occurrences().materialise(by, { occurrences: [inBoard] })).results).toMatchObject([
      { outcome: 'created' },
    ]);
    // The people who work on them obey it.
    const refused = make({ list_id: board.id });
    expect(await refusal(refused)).toMatchObject({ code: 'transition_guarded' });
  });

  test('a list comes back from the trash with its workflow', async () => {
    await govern(STRICT_WORKFLOW);
    const task = await make();
    await api.deleteList({ id: list.id, tasks: 'delete' }, me);
    await world.trash().restoreFromTrash({ id: list.id }, me);
    expect(await api.getWorkflow({ id: list.id }, me)).toMatchObject(STRICT_WORKFLOW);
    const [, , deleted, restored] = await eventsOf(list.id);
    expect(deleted?.payload).toMatchObject({ changes: { workflow: { from: STRICT_WORKFLOW, to: null } } });
    expect(restored?.payload).toMatchObject({ changes: { workflow: { from: null, to: STRICT_WORKFLOW } } });
    expect(await refusal(moveTo(task, 'done'))).toMatchObject({ code: 'invalid_transition' });
    const free = await api.createList({ title: 'Free' }, me);
    await api.deleteList({ id: free.id }, me);
    await world.trash().restoreFromTrash({ id: free.id }, me);
    expect(await make({ list_id: free.id, status: 'done' })).toMatchObject({ status: 'done' });
  });
});

describe('possible transitions of a task', () => {
  test('each other status is named with what refuses it', async () => {
    await govern({
      ...STRICT_WORKFLOW,
      wip_limits: { in_progress: 1 },
      guards: { in_progress: ['assignee_required'] },
    });
    await make({ status: 'in_progress', assignee_id: uuidv7() });
    const task = await make();
    const { from, items } = await api.getTransitions({ id: task.id }, me);
    expect(from).toBe('todo');
    expect(items.map(({ to, allowed, refusals }) => [to, allowed, refusals.map(({ code }) => code)])).toEqual([
      ['in_progress', false, ['transition_guarded', 'wip_limit_exceeded']],
      ['blocked', false, ['invalid_transition']],
      ['done', false, ['invalid_transition']],
      ['archived', false, ['invalid_transition']],
      ['cancelled', true, []],
    ]);
    expect(items[0]?.refusals[0]).toEqual({
      code: 'transition_guarded',
      message: 'The workflow of the list requires an assignee for in_progress.',
      details: { list_id: list.id, to: 'in_progress', rule: 'assignee_required' },
    });
  });

  test('without a workflow all are allowed; a task out of reach is not found', async () => {
    const task = await make();
    const { items } = await api.getTransitions({ id: task.id }, me);
    expect(items.map(({ allowed }) => allowed)).toEqual([true, true, true, true, true]);
    expect(await refusal(api.getTransitions({ id: task.id }, contextOf(uuidv7())))).toMatchObject({
      code: 'task_not_found',
    });
  });
});
