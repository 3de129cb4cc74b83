// The time spent on a task comes from another module, in any order and any number of times; it is shown beside what users
// change, and neither gets into the other's way.
import { uuidv7 } from 'uuidv7';
import { untilBlocked } from '../../testing/blocked.js';
import {
  contextOf,
  createTasksWorld,
  insertList,
  type TasksWorld,
  type TasksOperations,
} from '../../testing/tasks-world.js';
import { takeActualDuration, type ActualDuration } from './take-actual-duration.js';

let world: TasksWorld;
let api: TasksOperations;
let workspace: string;
let list: string;
let id: string;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(async () => {
  workspace = uuidv7();
  list = await insertList(world.database, workspace);
  id = (await api.createTask({ title: 'Paint', list_id: list }, contextOf(workspace))).id;
});

/** At version n it took n hours. */
function measured(version: number, given: Partial<ActualDuration> = {}): ActualDuration {
  return { taskId: id, workspaceId: workspace, version, duration: `PT${version}H`, ...given };
}

const take = (version: number, given?: Partial<ActualDuration>): Promise<void> =>
  takeActualDuration(world.database, measured(version, given));

const rows = () => world.database.query('SELECT * FROM tasks.task ORDER BY id');
const events = () => world.database.query('SELECT seq FROM tasks.outbox WHERE aggregate_id = $1', [id]);
const shown = () => api.getTask({ id }, contextOf(workspace));

test.each([
  [[1, 2, 3]],
  [[1, 3, 2]],
  [[2, 1, 3]],
  [[2, 3, 1]],
  [[3, 1, 2]],
  [[3, 2, 1]],
  [[3, 3, 3]],
  [[1, 2, 1, 3, 2, 1, 3]],
])('versions %j end in the highest', async (versions) => {
  for (const version of versions) await take(version);
  expect(await shown()).toMatchObject({ actual_duration: 'PT3H', actual_duration_version: 3 });
});

test('many at once end in the highest', async () => {
  const versions = Array.from({ length: 60 }, (_, index) => ((index * 7) % 20) + 1);
  await Promise.all(versions.map((version) => take(version)));
  expect(await shown()).toMatchObject({ actual_duration: 'PT20H', actual_duration_version: 20 });
});

test('what has been taken back shows nothing, and counts', async () => {
  await take(1);
  await take(2, { duration: null });
  await take(1);
  expect(await shown()).toMatchObject({ actual_duration: null, actual_duration_version: 2 });
});

test('it is no change of the task', async () => {
  const before = await shown();
  const told = await events();
  await take(4);
  expect(await shown()).toEqual(Object.assign({}, before, { actual_duration: 'PT4H', actual_duration_version: 4 }));
  expect(await events()).toEqual(told);
});

test('an unknown task, a deleted one and that of another workspace change nothing', async () => {
  const gone = await api.createTask({ title: 'Gone', list_id: list }, contextOf(workspace));
  await api.deleteTask({ id: gone.id }, contextOf(workspace));
  const before = await rows();
  await take(1, { taskId: uuidv7() });
  await take(1, { taskId: gone.id });
  await take(1, { workspaceId: uuidv7() });
  expect(await rows()).toEqual(before);
});

/** Of this transaction, and of what its connection has done just before. */
const UPDATES = `SELECT pg_stat_get_xact_tuples_updated(oid)::int AS all, pg_stat_get_xact_tuples_hot_updated(oid)::int AS hot
  FROM pg_class WHERE oid = 'tasks.task'::regclass`;

test('it costs no index an entry', async () => {
  const [before, after] = await world.database.transaction(async (on) => {
    const counted = () => on.query<{ all: number; hot: number }>(UPDATES);
    const [first] = await counted();
    await takeActualDuration(on, measured(1));
    const [second] = await counted();
    return [first, second];
  });
  expect(after).toEqual({ all: (before?.all ?? 0) + 1, hot: (before?.hot ?? 0) + 1 });
});

test('changes and replacements of the task leave it', async () => {
  await take(2);
  const kept = { actual_duration: 'PT2H', actual_duration_version: 2 };
  const context = contextOf(workspace);
  expect(await api.updateTask({ id, patch: { status: 'done' } }, context)).toMatchObject({ ...kept, version: 2 });
  expect(await api.replaceTask({ id, title: 'Varnish', list_id: list }, context)).toMatchObject({
    ...kept,
    version: 3,
  });
  const body = await api.batchTasks(
    {
      operations: [{ op: 'update', id, patch: { title: 'Wax' }, if_match: 3 }],
    },
    context,
  );
  expect(body.results[0]?.task).toMatchObject({ ...kept, version: 4 });
});

test('a change that waits for it goes through, with it', async () => {
  let change: Promise<unknown> | undefined;
  await world.database.transaction(async (on) => {
    await takeActualDuration(on, measured(5));
    change = api.updateTask({ id, patch: { title: 'Varnish' } }, { ...contextOf(workspace), expectedVersion: 1 });
    await untilBlocked(world.database);
  });
  expect(await change).toMatchObject({ title: 'Varnish', version: 2, actual_duration: 'PT5H' });
});

test('it waits for a change under way, and loses nothing of it', async () => {
  let taken: Promise<unknown> | undefined;
  await world.database.transaction(async (on) => {
    await on.query(`UPDATE tasks.task SET title = 'Varnish', version = 2 WHERE id = $1`, [id]);
    taken = take(5);
    await untilBlocked(world.database);
  });
  await taken;
  expect(await shown()).toMatchObject({ title: 'Varnish', version: 2, actual_duration: 'PT5H' });
});
