// The one-off tasks of a list that have a due date, on a real PostgreSQL.
import { uuidv7 } from 'uuidv7';
import { datedTasksOperations, MAX_DATED_TASKS } from '../../contract/index.js';
import { occurrencesIn, recurrenceIn } from '../../testing/occurrences.js';
import {
  contextOf,
  createTasksWorld,
  insertList,
  insertTasks,
  taskSeed,
  type TasksOperations,
  type TasksWorld,
} from '../../testing/tasks-world.js';

let world: TasksWorld;
let api: TasksOperations;
let workspace: string;
let list: string;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(async () => {
  workspace = uuidv7();
  list = await insertList(world.database, workspace);
});

async function found(more: object = {}): Promise<{ titles: string[]; more: boolean }> {
  const asked = { workspace_id: workspace, list_id: list, which: 'open' as const, limit: 100, ...more };
  const answer = await world.bus().request(datedTasksOperations.findDatedTasks, asked, { requestId: 'test' });
  return { titles: answer.items.map(({ title }) => title), more: answer.more };
}

const make = (title: string, more: object = {}): Promise<unknown> =>
  api.createTask({ title, list_id: list, ...more }, contextOf(workspace));

test('open ones come first, the latest due first, without occurrences and without those of others', async () => {
  await make('Day', { due_on: '2026-05-02' });
  await make('Time', { due_at: '2026-05-01T09:00:00Z', status: 'in_progress' });
  await make('Blocked', { due_on: '2026-05-03', status: 'blocked' });
  await make('Done', { due_on: '2026-06-01', status: 'done' });
  await make('Put away', { due_on: '2026-06-01', status: 'archived' });
  await make('No date');
  const other = await insertList(world.database, workspace);
  await make('Elsewhere', { list_id: other, due_on: '2026-05-02' });
  await world.occurrences().materialise(recurrenceIn(workspace), { occurrences: occurrencesIn(list, 2) });
  expect(await found()).toEqual({ titles: ['Blocked', 'Day', 'Time'], more: false });
  expect(await found({ which: 'all' })).toEqual({ titles: ['Blocked', 'Day', 'Time', 'Done'], more: false });
  expect(await found({ which: 'all', limit: 3 })).toEqual({ titles: ['Blocked', 'Day', 'Time'], more: true });
  expect(await found({ which: 'all', limit: 2 })).toEqual({ titles: ['Blocked', 'Day'], more: true });
  expect(await found({ workspace_id: uuidv7() })).toEqual({ titles: [], more: false });
});

test('a reply has no more than a message carries', async () => {
  const description = 'x'.repeat(60_000);
  const seeds = Array.from({ length: 100 }, (_, index) => {
    const due_instant = new Date(Date.UTC(2026, 4, 1) + index * 60_000).toISOString();
    return taskSeed({ workspace_id: workspace, list_id: list, title: String(index), description, due_instant });
  });
  await insertTasks(world.database, seeds);
  const { titles, more } = await found({ limit: MAX_DATED_TASKS });
  expect(titles[0]).toBe('99');
  expect(titles.length).toBeLessThan(80);
  expect(titles.length).toBeGreaterThan(50);
  expect(more).toBe(true);
});
