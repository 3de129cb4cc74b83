import { clientOf, type CallContext } from '@mono/contract';
import { tasksResources, type BatchOperation, type Task } from '../../contract/index.js';
import { createTasksWorld, type TasksOperations, type TasksWorld } from '../../testing/tasks-world.js';
import { callers, limitedTo, namesOf } from '../../testing/trash.js';

let world: TasksWorld;
let api: TasksOperations;
let me: CallContext;
let lists: [string, string];
let blocker: Task;
let task: Task;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(async () => {
  ({ me } = callers());
  const one = await api.createList({ title: 'One' }, me);
  const two = await api.createList({ title: 'Two' }, me);
  lists = [one.id, two.id];
  blocker = await api.createTask({ title: 'Buy paint', list_id: two.id }, me);
  task = await api.createTask({ title: 'Paint', list_id: one.id }, me);
  await api.createRelation({ id: blocker.id, kind: 'blocks', task_id: task.id }, me);
});

const get = (of: Task = task): Promise<Task> => api.getTask({ id: of.id }, me);
const move = (of: Task, status: Task['status'], call = me): Promise<Task> =>
  api.updateTask({ id: of.id, patch: { status } }, call);
const counts = async (): Promise<number[]> => [(await get(blocker)).blocked_by_open, (await get()).blocked_by_open];

async function batch(...operations: object[]): Promise<Task[]> {
  const { results } = await api.batchTasks({ operations: operations as BatchOperation[] }, me);
  return results.flatMap((result) => result.task ?? []);
}

const update = (of: Task, patch: object) => ({ op: 'update', id: of.id, patch });

test('a new task is blocked by none, and the blocked one by an open task of another list', async () => {
  expect([blocker.blocked_by_open, task.blocked_by_open]).toEqual([0, 0]);
  expect(await counts()).toEqual([0, 1]);
});

test('every answer with the task shows it', async () => {
  const resources = clientOf(world.bus(), tasksResources);
  const { workspaceId } = me.principal;
  const { items } = await resources.taskResources(
    { ids: [task.id], workspace_id: workspaceId, list_ids: null },
    { requestId: 'test' },
  );
  const answers = [
    ...(await api.findTasks({ order_by: 'title', q: 'Paint' }, me)).items.filter(({ id }) => id === task.id),
    ...(await api.findTasks({ order_by: 'due_at' }, me)).items.filter(({ id }) => id === task.id),
    ...(await api.findTasksOfList({ id: lists[0], limit: 100 }, me)).items,
    ...(items as Task[]),
    // The second changes nothing.
    await api.updateTask({ id: task.id, patch: { title: 'New' } }, me),
    await api.updateTask({ id: task.id, patch: { title: 'New' } }, me),
    await api.replaceTask({ id: task.id, title: 'Newer', list_id: lists[0] }, me),
    ...(await batch(update(task, { title: 'Newest' }))),
  ];
  expect(answers.map(({ id, blocked_by_open }) => [id, blocked_by_open])).toEqual(
    Array.from({ length: 8 }, () => [task.id, 1]),
  );
});

test.each(['in_progress', 'blocked'] as const)('a blocker that is %s is open', async (status) => {
  await move(blocker, status);
  expect(await counts()).toEqual([0, 1]);
});

test.each(['done', 'cancelled', 'archived'] as const)(
  'a blocker that is %s blocks no more, until reopened',
  async (status) => {
    await move(blocker, status);
    expect(await counts()).toEqual([0, 0]);
    await move(blocker, 'todo');
    expect(await counts()).toEqual([0, 1]);
    // The blocked task has not changed.
    expect(await namesOf(world, task.id)).toEqual(['created', 'related']);
  },
);

test('a deleted blocker blocks no more, until it is restored', async () => {
  await api.deleteTask({ id: blocker.id }, me);
  expect((await get()).blocked_by_open).toBe(0);
  await world.trash().restoreFromTrash({ id: blocker.id }, me);
  expect(await counts()).toEqual([0, 1]);
  await api.deleteTask({ id: task.id }, me);
  await world.trash().restoreFromTrash({ id: task.id }, me);
  expect(await counts()).toEqual([0, 1]);
});

test('only those that block count', async () => {
  const other = await api.createTask({ title: 'Other', list_id: lists[0] }, me);
  await api.createRelation({ id: task.id, kind: 'relates_to', task_id: other.id }, me);
  await api.createRelation({ id: task.id, kind: 'blocks', task_id: other.id }, me);
  await api.createRelation({ id: other.id, kind: 'duplicates', task_id: task.id }, me);
  expect([...(await counts()), (await get(other)).blocked_by_open]).toEqual([0, 1, 1]);
});

const warning = (count = 1) => ({
  code: 'blocked',
  message: count === 1 ? expect.stringContaining('1 open task blocks it') : expect.stringContaining('2 open tasks'),
  task_ids: expect.any(Array),
});

describe('a blocked task that is moved to done', () => {
  test('is done, with a warning that names its blockers', async () => {
    const done = await move(task, 'done');
    expect(done).toMatchObject({ status: 'done', version: 3, blocked_by_open: 1 });
    expect(done.warnings).toEqual([{ ...warning(), task_ids: [blocker.id] }]);
    // Nothing but the answer to the change has it.
    expect(await get()).not.toHaveProperty('warnings');
    expect(await move(task, 'todo')).not.toHaveProperty('warnings');
    const replaced = await api.replaceTask({ id: task.id, title: 'Paint', list_id: lists[0], status: 'done' }, me);
    expect(replaced.warnings).toEqual([warning()]);
  });

  test('by a caller who does not reach its blockers is done, with a warning that names none', async () => {
    const done = await move(task, 'done', limitedTo(me, lists[0]));
    expect(done.warnings).toEqual([{ ...warning(), task_ids: [] }]);
  });

  test('names all that are open, and no others', async () => {
    const more = [];
    for (const title of ['Second', 'Third']) {
      const other = await api.createTask({ title, list_id: lists[0] }, me);
      await api.createRelation({ id: task.id, kind: 'blocked_by', task_id: other.id }, me);
      more.push(other);
    }
    await move(blocker, 'done');
    const done = await move(task, 'done');
    expect(done.warnings).toEqual([{ ...warning(2), task_ids: more.map(({ id }) => id) }]);
  });

  test.each(['cancelled', 'in_progress', 'archived'] as const)('or %s: only done is warned of', async (status) => {
    expect(await move(task, status)).not.toHaveProperty('warnings');
  });

  test('has no warning once its blockers are closed', async () => {
    await move(blocker, 'cancelled');
    expect(await move(task, 'done')).not.toHaveProperty('warnings');
  });

  test('in a batch has the warning, alone and among others', async () => {
    const other = await api.createTask({ title: 'Other', list_id: lists[0] }, me);
    const [alone] = await batch(update(task, { status: 'done' }));
    expect(alone?.warnings).toEqual([{ ...warning(), task_ids: [blocker.id] }]);
    const both = await batch(update(other, { status: 'done' }), update(task, { status: 'done', title: 'New' }));
    expect(both.map(({ warnings = [] }) => warnings.length)).toEqual([0, 1]);
  });

  test.each([
    ['its blocker is closed in the same batch', () => update(blocker, { status: 'done' }), 0],
    ['its blocker is deleted in the same batch', () => ({ op: 'delete', id: blocker.id }), 0],
    ['its blocker stays open', () => update(blocker, { status: 'in_progress' }), 1],
  ] as const)('while %s', async (_what, operation, count) => {
    const tasks = await batch(update(task, { status: 'done' }), operation());
    const answer = tasks.find(({ id }) => id === task.id);
    expect([answer?.blocked_by_open, answer?.warnings?.length ?? 0]).toEqual([count, count]);
    expect((await get()).blocked_by_open).toBe(count);
  });

  test('while its blocker is reopened in the same batch has the warning', async () => {
    await move(blocker, 'done');
    const [, done] = await batch(update(blocker, { status: 'todo' }), update(task, { status: 'done' }));
    expect(done).toMatchObject({ blocked_by_open: 1, warnings: [warning()] });
  });
});

test('a repeated batch is answered with its warnings', async () => {
  const keyed = { ...me, idempotencyKey: 'once' };
  const operations = [update(task, { status: 'done' })] as BatchOperation[];
  const first = await api.batchTasks({ operations }, keyed);
  expect(first.results[0]?.task?.warnings).toHaveLength(1);
  expect(await api.batchTasks({ operations }, keyed)).toEqual(first);
});
