// What a batch does must not depend on how its statements are put together.
import type { CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { BatchOperation, BatchResult } from '../../contract/batch.js';
import type { Task } from '../../contract/index.js';
import { contextOf, createTasksWorld, type TasksWorld, type TasksOperations } from '../../testing/tasks-world.js';

let world: TasksWorld;
let api: TasksOperations;
let me: CallContext;
let listId: string;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(async () => {
  me = contextOf(uuidv7());
  listId = (await api.createList({ title: 'List', title_policy: 'unique' }, me)).id;
});

const make = async (title: string, more: object = {}): Promise<Task> =>
  await api.createTask({ title, list_id: listId, ...more }, me);
const create = (title: string): BatchOperation => ({ op: 'create', task: { title, list_id: listId } });
const rename = ({ id }: Task, title: string): BatchOperation => ({ op: 'update', id, patch: { title } });

async function run(mode: 'atomic' | 'each', operations: BatchOperation[]): Promise<BatchResult[]> {
  return (await api.batchTasks({ mode, operations }, me)).results;
}

async function titles(): Promise<string[]> {
  return (await api.findTasksOfList({ id: listId, order_by: 'title' }, me)).items.map(({ title }) => title);
}

describe.each(['atomic', 'each'] as const)('a batch (%s) to a list of unique titles', (mode) => {
  test('gives titles on from task to task, as done in their order', async () => {
    const tasks: Task[] = [];
    for (const title of ['1', '2', '3', '4', '5', '6']) tasks.push(await make(title));
    const operations = tasks.toReversed().map((task) => rename(task, String(Number(task.title) + 1)));
    expect((await run(mode, operations)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(await titles()).toEqual(['2', '3', '4', '5', '6', '7']);
  });

  test('renames to the title of a task that was deleted before', async () => {
    const [old, other] = [await make('Milk'), await make('Bread')];
    const results = await run(mode, [{ op: 'delete', id: old.id }, rename(other, 'Milk')]);
    expect(results.map(({ status }) => status)).toEqual([204, 200]);
    expect(await titles()).toEqual(['Milk']);
  });
});

test('with each, an operation meets its task as those before it left it', async () => {
  const task = await make('Milk');
  const results = await run('each', [
    { op: 'update', id: task.id, patch: { status: 'in_progress' }, if_match: 1 },
    { op: 'update', id: task.id, patch: { status: 'done' }, if_match: 1 },
    { op: 'update', id: uuidv7(), patch: { status: 'done' } },
    { op: 'delete', id: task.id, if_match: 2 },
    { op: 'delete', id: task.id },
    { op: 'create', task: { title: 'milk', list_id: listId } },
    { op: 'create', task: { title: 'MILK', list_id: listId } },
    { op: 'create', task: { title: 'x', due_at: '2026-05-01T09:00:00Z', due_on: '2026-05-01' } },
  ]);
  expect(results.map(({ status, error }) => [status, error?.code])).toEqual([
    [200, undefined],
    [412, 'version_conflict'],
    [404, 'task_not_found'],
    [204, undefined],
    [404, 'task_not_found'],
    [201, undefined],
    [409, 'duplicate_task'],
    [422, 'validation_error'],
  ]);
});

test('an atomic batch names the operation whose title is taken', async () => {
  const { id } = await make('Milk');
  const batch = run('atomic', [create('Bread'), create(' MILK'), create('Salt')]);
  await expect(batch).rejects.toMatchObject({
    code: 'duplicate_task',
    details: { operation: 1, title: ' MILK', task_id: id },
  });
  expect(await titles()).toEqual(['Milk']);
});

test('a refused operation of several names the task that has the title, of which nothing remains in an atomic batch', async () => {
  const operations = [create('Milk'), create('MILK')];
  const atomic = await run('atomic', operations).catch((error) => error);
  expect(atomic.details).toEqual({ operation: 1, title: 'MILK' });
  const [made, refused] = await run('each', operations);
  expect(refused?.error).toMatchObject({ code: 'duplicate_task', details: { title: 'MILK', task_id: made?.id } });
});

test('batches that fail, moves, single changes and changes of a list’s policy at once are each done or refused', async () => {
  const other = (await api.createList({ title: 'Other' }, me)).id;
  const first = await make('First');
  const tasks = [first];
  for (let index = 1; index < 8; index += 1) tasks.push(await make(`Task ${index}`));
  const at = (index: number): Task => tasks[index % tasks.length] ?? first;
  const attempts: Promise<unknown>[] = [];
  for (let round = 0; round < 6; round += 1) {
    const order = round % 2 === 0 ? tasks : tasks.toReversed();
    const touch = order.map(({ id }): BatchOperation => ({ op: 'update', id, patch: { description: uuidv7() } }));
    const missing: BatchOperation = { op: 'delete', id: uuidv7() };
    const move: BatchOperation = { op: 'update', id: at(round).id, patch: { before: at(round + 3).id } };
    const away: BatchOperation[] = tasks
      .filter((_, index) => index % 2 === round % 2)
      .map(({ id }) => ({ op: 'update', id, patch: { list_id: round % 4 < 2 ? other : listId } }));
    attempts.push(
      run('each', [...touch, missing]),
      run('atomic', [...touch, move]),
      run('atomic', [...away, ...touch.filter((_, index) => index % 2 !== round % 2)]),
      api.updateTask({ id: at(round + 3).id, patch: { before: at(round).id } }, me),
      api.updateList(
        { id: round % 2 === 0 ? listId : other, patch: { title_policy: round % 3 === 0 ? 'any' : 'unique' } },
        me,
      ),
    );
  }
  const refused = (await Promise.allSettled(attempts)).flatMap((outcome) =>
    outcome.status === 'rejected' ? [(outcome.reason as { code?: string }).code] : [],
  );
  expect(refused.filter((code) => code !== 'validation_error')).toEqual([]);
});
