// Which occurrences of templates show: those that are due, and the next one of each series.
import type { CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { List, TaskQuery } from '../../contract/index.js';
import { contentIn, occurrencesIn, recurrenceIn, type Occurrence } from '../../testing/occurrences.js';
import { contextOf, createTasksWorld, type TasksOperations, type TasksWorld } from '../../testing/tasks-world.js';

const DAY_MS = 86_400_000;

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
  list = await api.createList({ title: 'Home' }, me);
});

/** Noon of a day from today on, in UTC. */
function noonIn(days: number): string {
  return new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS + days * DAY_MS + DAY_MS / 2).toISOString();
}

/** Occurrences of one series, due at noon of these days from today on. @returns their ids by day. */
async function series(title: string, days: readonly number[], listId = list.id): Promise<Map<number, string>> {
  const occurrences = occurrencesIn(listId, days.length).map((occurrence, index): Occurrence => {
    const day = days[index] ?? 0;
    const due = { title: `${title} ${day}`, due_at: noonIn(day), starts_on: null, timezone: 'UTC' };
    return Object.assign({}, occurrence, contentIn(listId, due));
  });
  await world.occurrences().materialise(recurrenceIn(me.principal.workspaceId), { occurrences });
  return new Map(occurrences.map(({ task_id: id }, index) => [days[index] ?? 0, id]));
}

async function titles(query: Partial<Pick<TaskQuery, keyof TaskQuery>> = {}, by = me): Promise<string[]> {
  const { items } = await api.findTasks({ limit: 100, ...query }, by);
  return items.map(({ title }) => title).toSorted();
}

const move = async (id: string | undefined, status: 'done' | 'in_progress' | 'todo' | 'cancelled'): Promise<void> => {
  await api.updateTask({ id: id ?? '', patch: { status } }, me);
};

const DAYS = [-2, -1, 0, 1, 2, 3];

test('overdue and today’s occurrences show, and the next one of each series', async () => {
  await api.createTask({ title: 'Plain', list_id: list.id, due_at: noonIn(30) }, me);
  await series('Daily', DAYS);
  await series('Rare', [10, 20]);
  const due = ['Daily -1', 'Daily -2', 'Daily 0', 'Plain'];
  expect(await titles()).toEqual([...due.slice(0, 3), 'Daily 1', 'Plain', 'Rare 10']);
  expect(await titles({ occurrences: 'next' })).toEqual(await titles());
  expect(await titles({ occurrences: 'due' })).toEqual(due);
  expect(await titles({ occurrences: 'all' })).toHaveLength(9);
  const { items } = await api.findTasksOfList({ id: list.id, order_by: 'due_at' }, me);
  expect(items.map(({ title }) => title)).toEqual(['Daily -2', 'Daily -1', 'Daily 0', 'Daily 1', 'Rare 10', 'Plain']);
});

test('closing the next one early lets the following one show, reopening takes it away', async () => {
  const ids = await series('Daily', [0, 1, 2, 3]);
  await move(ids.get(1), 'done');
  expect(await titles()).toEqual(['Daily 0', 'Daily 1', 'Daily 2']);
  await move(ids.get(1), 'cancelled');
  expect(await titles()).toEqual(['Daily 0', 'Daily 2']);
  await api.deleteTask({ id: ids.get(2) ?? '' }, me);
  expect(await titles()).toEqual(['Daily 0', 'Daily 3']);
  await move(ids.get(1), 'todo');
  expect(await titles()).toEqual(['Daily 0', 'Daily 1']);
});

test('an occurrence that somebody has begun shows whenever it is due', async () => {
  const ids = await series('Daily', [0, 1, 2, 3]);
  await move(ids.get(3), 'in_progress');
  expect(await titles()).toEqual(['Daily 0', 'Daily 1', 'Daily 3']);
});

test('today ends where the caller is, or in the zone that is named', async () => {
  await series('Daily', [0, 1, 2, 3]);
  const in14 = { ...me, principal: { ...me.principal, timezone: 'Pacific/Kiritimati' } };
  // Noon in UTC is 02:00 of the next day there: a day has one occurrence in any zone.
  const hour = new Date().getUTCHours();
  const isTomorrowThere = hour >= 10;
  expect(await titles({}, in14)).toEqual(isTomorrowThere ? ['Daily 0', 'Daily 1'] : ['Daily 0']);
  expect(await titles({ timezone: 'Pacific/Kiritimati' })).toEqual(await titles({}, in14));
});

test('a query for dates, for a template or by such a filter finds all of them', async () => {
  await series('Daily', DAYS);
  const { items } = await api.findTasks({ occurrences: 'all', limit: 1 }, me);
  expect(await titles({ due_before: noonIn(4) })).toHaveLength(6);
  expect(await titles({ due_after: noonIn(1) })).toHaveLength(3);
  expect(await titles({ template_id: items[0]?.template_id ?? '' })).toHaveLength(6);
  expect(await titles({ filter: 'due > today' })).toHaveLength(3);
  expect(await titles({ filter: 'due > today', occurrences: 'next' })).toEqual(['Daily 1']);
  expect(await titles({ filter: 'open' })).toHaveLength(4);
});

test('counts, search and tags count what shows', async () => {
  await series('Daily', DAYS);
  const { page } = await api.findTasks({ count: 'exact' }, me);
  expect(page.total).toBe(4);
  expect(await titles({ q: 'daily' })).toHaveLength(4);
  expect((await api.findTags({}, me)).items).toEqual([{ name: 'home', count: 4 }]);
  expect((await api.findTags({ occurrences: 'all' }, me)).items).toEqual([{ name: 'home', count: 6 }]);
  const counts = { total: 6, open: 4, upcoming: 2 };
  expect((await api.getList({ id: list.id }, me)).counts).toEqual(counts);
  expect((await api.findLists({}, me)).items).toMatchObject([{ counts }]);
  expect((await api.updateList({ id: list.id, patch: { title: 'New' } }, me)).counts).toEqual(counts);
});

test('a cursor goes through the pages of what shows', async () => {
  for (const title of ['A', 'B', 'C', 'D', 'E']) await series(title, DAYS);
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof api.findTasks>> = await api.findTasks(
      { limit: 3, order_by: 'title', ...(cursor !== null && { cursor }) },
      me,
    );
    found.push(...page.items.map(({ title }) => title));
    cursor = page.page.next_cursor;
  } while (cursor !== null);
  expect(found).toHaveLength(20);
  expect(new Set(found)).toEqual(new Set(await titles()));
});

test('each list has its next ones, and other lists and workspaces have none of them', async () => {
  const other = await api.createList({ title: 'Office' }, me);
  await series('Home', [5, 6]);
  await series('Office', [1, 2], other.id);
  const limited = { ...me, principal: { ...me.principal, listIds: [other.id] } };
  expect(await titles()).toEqual(['Home 5', 'Office 1']);
  expect(await titles({ list_id: list.id })).toEqual(['Home 5']);
  expect(await titles({}, limited)).toEqual(['Office 1']);
  expect(await titles({}, contextOf(uuidv7()))).toEqual([]);
});
