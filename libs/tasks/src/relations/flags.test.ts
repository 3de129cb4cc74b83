// The flags `blocked` and `ready` of filters.
import type { CallContext } from '@mono/contract';
import type { Task, TaskQuery } from '../../contract/index.js';
import { createTasksWorld, type TasksOperations, type TasksWorld } from '../../testing/tasks-world.js';
import { callers } from '../../testing/trash.js';

let world: TasksWorld;
let api: TasksOperations;
let me: CallContext;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(() => {
  ({ me } = callers());
});

const make = (title: string, given: object = {}): Promise<Task> => api.createTask({ title, ...given }, me);
const block = (task: Task, by: Task) => api.createRelation({ id: task.id, kind: 'blocked_by', task_id: by.id }, me);

function today(zone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(new Date());
}

async function found(filter: string, query: Partial<TaskQuery> = {}): Promise<string[]> {
  const { items, page } = await api.findTasks({ timezone: 'UTC', count: 'exact', ...query, filter }, me);
  expect(page.total).toBe(items.length);
  return items.map(({ title }) => title).toSorted();
}

test('a task is blocked by its status or by an open task, as long as it is open itself', async () => {
  const open = await make('open');
  const closed = await make('closed', { status: 'done' });
  await make('waits', { status: 'blocked' });
  await block(await make('behind an open one'), open);
  await block(await make('behind a closed one'), closed);
  await block(await make('done behind an open one', { status: 'done' }), open);
  expect(await found('blocked')).toEqual(['behind an open one', 'waits']);
  expect(await found('open & !blocked')).toEqual(['behind a closed one', 'open']);
  expect(await found('ready')).toEqual(['behind a closed one', 'open']);
  await api.updateTask({ id: open.id, patch: { status: 'cancelled' } }, me);
  expect(await found('blocked')).toEqual(['waits']);
  expect(await found('ready')).toEqual(['behind a closed one', 'behind an open one']);
});

test('a task that begins later is not ready, by the calendar of the caller', async () => {
  const [early, late] = ['Pacific/Kiritimati', 'Pacific/Pago_Pago'];
  await make('begins', { starts_on: today(early) });
  await make('has begun', { starts_on: '2020-01-01' });
  await make('under way', { status: 'in_progress', starts_on: null });
  await make('far away', { starts_on: '2999-01-01' });
  expect(await found('ready', { timezone: early })).toEqual(['begins', 'has begun', 'under way']);
  expect(await found('ready', { timezone: late })).toEqual(['has begun', 'under way']);
});

test('tasks of a workspace are not blocked by what another one has', async () => {
  const task = await make('mine');
  await world.database.query(
    `INSERT INTO tasks.relation SELECT gen_random_uuid(), gen_random_uuid(), 'blocks', id, $1, now(), 'user', 'x'
     FROM tasks.task WHERE id <> $1 AND status = 'todo' LIMIT 1`,
    [task.id],
  );
  expect(await found('ready')).toEqual(['mine']);
  expect(await api.getTask({ id: task.id }, me)).toMatchObject({ blocked_by_open: 0 });
});
