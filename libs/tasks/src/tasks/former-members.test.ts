// The tasks of somebody who leaves a workspace, on a real PostgreSQL, as auth's event says it.
import type { CallContext } from '@mono/contract';
import type { Executor, Statement, TransactionalExecutor } from '@mono/platform';
import { deliverEvent } from '@mono/platform/testing';
import { uuidv7 } from 'uuidv7';
import type { Task, TaskStatus } from '../../contract/index.js';
import { untilBlocked } from '../../testing/blocked.js';
import { occurrencesIn, recurrenceIn, revisionOf } from '../../testing/occurrences.js';
import {
  contextOf,
  createTasksNode,
  createTasksWorld,
  insertList,
  JOINED_AT,
  type TasksWorld,
  tasksOperationsOf,
  type TasksOperations,
} from '../../testing/tasks-world.js';
import { EraseWorkspace } from '../lists/erase-workspace.js';

const LEFT_AT = '2026-02-01T00:00:00.000Z';
const BACK_AT = '2026-03-01T00:00:00.000Z';
const REFUSED = { details: [{ field: 'assignee_id', code: 'not_found', issue: 'must be a member of the workspace' }] };

let world: TasksWorld;
let api: TasksOperations;
let me: CallContext;
let user: string;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(() => {
  me = contextOf(uuidv7());
  user = uuidv7();
});

const make = async (more: object = {}, context = me): Promise<Task> =>
  await api.createTask({ title: 'Task', assignee_id: user, ...more }, context);
const taskOf = ({ id }: Pick<Task, 'id'>, context = me): Promise<Task> => api.getTask({ id }, context);

/** As the consumer takes the event. @param batch tasks per transaction. */
async function left(occurred_at = LEFT_AT, batch?: number): Promise<void> {
  const formerMembers = world.formerMembers();
  const { batch: usual } = formerMembers;
  if (batch !== undefined) formerMembers.batch = batch;
  const { workspaceId: workspace_id } = me.principal;
  const event = {
    id: uuidv7(),
    event: 'member_removed',
    workspace_id,
    user_id: user,
    occurred_at,
    request_id: 'leaving',
  };
  await deliverEvent(world.node, { subject: 'events.auth.v1.member_removed', ...event });
  formerMembers.batch = usual;
}

/** Removed from the workspace, of which the event says so. */
async function leave(batch?: number): Promise<void> {
  world.strangers.add(user);
  await left(LEFT_AT, batch);
}

function comeBack(): void {
  world.strangers.delete(user);
  world.joined.set(user, BACK_AT);
}

async function eventsOf({ id }: Pick<Task, 'id'>): Promise<object[]> {
  const rows = await world.database.query<{ version: number; payload: object }>(
    'SELECT version, payload FROM tasks.outbox WHERE aggregate_id = $1 ORDER BY seq',
    [id],
  );
  return rows.map(({ version, payload }) => Object.assign(payload, { version }));
}

test('are nobody’s, one event each, also where they are many; heard again, nothing happens', async () => {
  const open: Task[] = [];
  for (const status of ['todo', 'in_progress', 'blocked', 'todo', 'todo'] as const) open.push(await make({ status }));
  const abroad = contextOf(uuidv7());
  const [other, elsewhere] = [await make({ assignee_id: uuidv7() }), await make({}, abroad)];
  await leave(2);
  await left(LEFT_AT, 2);
  for (const task of open) {
    expect(await taskOf(task)).toMatchObject({ assignee_id: null, status: task.status, version: 2 });
    expect((await eventsOf(task)).slice(1)).toMatchObject([
      {
        event: 'updated',
        version: 2,
        actor: { kind: 'system', id: 'tasks' },
        origin: 'system',
        request_id: 'leaving',
        changes: { assignee_id: { from: user, to: null } },
      },
    ]);
  }
  expect(await taskOf(other)).toEqual(other);
  expect(await taskOf(elsewhere, abroad)).toEqual(elsewhere);
});

test.each(['done', 'archived', 'cancelled'] as const)(
  'one that is %s keeps its assignee, and has none when it is reopened',
  async (status: TaskStatus) => {
    const [task, batched] = [await make({ status }), await make({ status })];
    await leave();
    expect(await taskOf(task)).toEqual(task);
    expect(await api.updateTask({ id: task.id, patch: { title: 'Renamed' } }, me)).toMatchObject({
      assignee_id: user,
      version: 2,
    });
    const reopened = await api.updateTask({ id: task.id, patch: { status: 'todo' } }, me);
    expect(reopened).toMatchObject({ assignee_id: null, status: 'todo', version: 3 });
    expect((await eventsOf(task)).at(-1)).toMatchObject({
      event: 'status_changed',
      changes: { status: { from: status, to: 'todo' }, assignee_id: { from: user, to: null } },
    });
    const patch = { status: 'todo' as const };
    const operations = [batched, await make({ assignee_id: null })].map(({ id }) => ({
      op: 'update' as const,
      id,
      patch,
    }));
    await api.batchTasks({ operations }, me);
    expect(await taskOf(batched)).toMatchObject({ assignee_id: null, status: 'todo', version: 2 });
  },
);

test('are still theirs when the member gets another role: only the end of the membership is consumed', async () => {
  const task = await make();
  const { workspaceId: workspace_id } = me.principal;
  const event = { id: uuidv7(), event: 'member_updated', workspace_id, user_id: user, occurred_at: LEFT_AT };
  await deliverEvent(world.node, { subject: 'events.auth.v1.member_updated', ...event });
  expect(await taskOf(task)).toEqual(task);
});

test('one that is assigned while the user leaves is refused, or is nobody’s in the end', async () => {
  const { memberships } = world.members;
  // Auth has answered; before the task is written, the user leaves.
  const leavingMeanwhile: TasksWorld['members'] = {
    ...world.members,
    memberships: async (...asked) => {
      const members = await memberships(...asked);
      await leave();
      return members;
    },
  };
  const early = tasksOperationsOf(await createTasksNode(world.database, leavingMeanwhile));
  await expect(early.createTask({ title: 'Early', assignee_id: user }, me)).rejects.toMatchObject(REFUSED);

  // The task is being written when the user leaves.
  user = uuidv7();
  await make();
  const held = new Held(world.database, 'tasks.insert_tasks');
  const late = tasksOperationsOf(await createTasksNode(held, world.members));
  const writing = late.createTask({ title: 'Late', assignee_id: user }, me);
  await held.reached;
  const leaving = leave();
  await untilBlocked(world.database);
  held.release();
  const task = await writing;
  await leaving;
  expect(task).toMatchObject({ assignee_id: user, version: 1 });
  expect(await taskOf(task)).toMatchObject({ assignee_id: null, version: 2 });
});

test('a user who is back has none of them, and keeps what they were given since, whenever the departure is heard', async () => {
  const before = await make();
  await leave();
  comeBack();
  const since = await make();
  await left();
  expect(await taskOf(before)).toMatchObject({ assignee_id: null });
  expect(await taskOf(since)).toEqual(since);
});

test('the first task that a user is given who is back before the departure is heard clears those of before', async () => {
  const before = await make();
  comeBack();
  const occurrences = world.occurrences();
  const list = await insertList(world.database, me.principal.workspaceId);
  const [one] = occurrencesIn(list, 1, { assignee_id: user });
  await occurrences.materialise(recurrenceIn(me.principal.workspaceId), { occurrences: [one] });
  expect(await taskOf(before)).toMatchObject({ assignee_id: null, version: 2 });
  const since = await make();
  await left();
  expect(await taskOf(since)).toEqual(since);
  expect(await taskOf({ id: one.task_id })).toMatchObject({ assignee_id: user, version: 1 });
});

test('tasks from before memberships were kept stay with a user who is back, and no other', async () => {
  const [back, gone] = [await make(), await make({ assignee_id: uuidv7() })];
  await world.database.query('DELETE FROM tasks.membership WHERE workspace_id = $1', [me.principal.workspaceId]);
  comeBack();
  await left();
  expect(await taskOf(back)).toEqual(back);
  user = gone.assignee_id ?? '';
  await leave();
  expect(await taskOf(gone)).toMatchObject({ assignee_id: null });
});

test('an occurrence that nobody has touched goes on following its template', async () => {
  const { workspaceId } = me.principal;
  const occurrences = world.occurrences();
  const [one] = occurrencesIn(await insertList(world.database, workspaceId), 1, { assignee_id: user });
  await occurrences.materialise(recurrenceIn(workspaceId), { occurrences: [one] });
  await leave();
  const revisions = [revisionOf(one, { title: 'Feed the cat' })];
  const { results } = await occurrences.revise(recurrenceIn(workspaceId), { revisions });
  expect(results).toMatchObject([{ outcome: 'revised' }]);
  expect(await taskOf({ id: one.task_id })).toMatchObject({ title: 'Feed the cat', assignee_id: null, version: 3 });
});

test('without an answer of auth where it is needed, the departure waits', async () => {
  const task = await make();
  await world.database.query('DELETE FROM tasks.membership WHERE workspace_id = $1', [me.principal.workspaceId]);
  const { memberships } = world.members;
  world.members.memberships = () => Promise.reject(new Error('away'));
  try {
    await expect(left()).rejects.toThrow('away');
  } finally {
    world.members.memberships = memberships;
  }
  expect(await taskOf(task)).toEqual(task);
});

test('with the workspace, what is known of memberships goes', async () => {
  await make();
  const { workspaceId } = me.principal;
  const known = () =>
    world.database.query('SELECT joined_at FROM tasks.membership WHERE workspace_id = $1', [workspaceId]);
  expect(await known()).toEqual([{ joined_at: JOINED_AT }]);
  await world.node.get(EraseWorkspace).erase(workspaceId, 'erasing');
  expect(await known()).toEqual([]);
});

/** Holds the first statement of a name until it is released. */
class Held implements TransactionalExecutor {
  readonly reached: Promise<void>;
  private readonly reach: () => void;
  private readonly released: Promise<void>;
  readonly release: () => void;

  constructor(
    private readonly database: TransactionalExecutor,
    private readonly name: string,
  ) {
    ({ promise: this.reached, resolve: this.reach } = Promise.withResolvers<void>());
    ({ promise: this.released, resolve: this.release } = Promise.withResolvers<void>());
  }

  query<Row extends object>(statement: Statement | string, values?: readonly unknown[]): Promise<Row[]> {
    return this.database.query(statement, values);
  }

  afterCommit(work: () => void): void {
    this.database.afterCommit(work);
  }

  transaction<T>(work: (on: Executor) => Promise<T>): Promise<T> {
    return this.database.transaction((on) =>
      work({
        afterCommit: (after) => on.afterCommit(after),
        query: async <Row extends object>(statement: Statement | string, values?: readonly unknown[]) => {
          if (typeof statement !== 'string' && statement.name === this.name) {
            this.reach();
            await this.released;
          }
          return on.query<Row>(statement, values);
        },
      }),
    );
  }
}
