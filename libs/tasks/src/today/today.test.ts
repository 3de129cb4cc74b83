// The day of the caller.
import type { CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import { NOON_ZONE, noonDate } from '../../../../test/support/noon.ts';
import type { List, Today } from '../../contract/index.js';
import { contextOf, createTasksWorld, type TasksOperations, type TasksWorld } from '../../testing/tasks-world.js';

let world: TasksWorld;
let api: TasksOperations;
let me: CallContext;
let key: CallContext;
let list: List;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(async () => {
  const { principal, ...call } = contextOf(uuidv7());
  key = { ...call, principal: { ...principal, timezone: NOON_ZONE } };
  me = { ...key, principal: { ...key.principal, kind: 'user', id: uuidv7() } };
  list = await api.createList({ title: 'Home' }, me);
});

function make(title: string, more: object = {}): Promise<{ id: string }> {
  return api.createTask({ title, list_id: list.id, ...more }, me);
}

function titles(today: Today): Record<string, string[]> {
  const { overdue, due, in_progress, started } = today;
  return Object.fromEntries(
    Object.entries({ overdue, due, in_progress, started }).map(([name, { items, total }]) => {
      expect(total).toBe(items.length);
      return [name, items.map(({ title }) => title)];
    }),
  );
}

const due = async (query: object, by: CallContext): Promise<string[]> =>
  (await api.getToday(query, by)).due.items.map(({ title }) => title).toSorted();

async function fill(): Promise<void> {
  await make('Late', { due_on: noonDate(-2) });
  await make('Late and begun', { due_on: noonDate(-1), status: 'in_progress', starts_on: noonDate(-3) });
  await make('Today', { due_on: noonDate(0), starts_on: noonDate(-1) });
  await make('Begun', { status: 'in_progress' });
  await make('Begun, later', { status: 'in_progress', due_on: noonDate(3) });
  await make('May start', { starts_on: noonDate(0), due_on: noonDate(5) });
  await make('Starts tomorrow', { starts_on: noonDate(1) });
  await make('Tomorrow', { due_on: noonDate(1) });
  await make('Some day');
  await make('Late, but done', { due_on: noonDate(-1), status: 'done' });
}

const EXPECTED = {
  overdue: ['Late', 'Late and begun'],
  due: ['Today'],
  in_progress: ['Begun, later', 'Begun'],
  started: ['May start'],
};

test('each task is in the first section that it fits', async () => {
  await fill();
  const today = await api.getToday({}, me);
  expect([today.date, today.timezone]).toEqual([noonDate(0), NOON_ZONE]);
  expect(titles(today)).toEqual(EXPECTED);
});

test('the filter of a section finds its tasks', async () => {
  await fill();
  const { overdue } = await api.getToday({ limit: 1 }, me);
  expect([overdue.total, overdue.items.length]).toEqual([2, 1]);
  const { items } = await api.findTasks({ filter: overdue.filter, order_by: 'due_at' }, me);
  expect(items.map(({ title }) => title)).toEqual(EXPECTED.overdue);
});

test('a user sees what is theirs or nobody’s, a key and who asks for it everything', async () => {
  const other = uuidv7();
  await make('Mine', { due_on: noonDate(0), assignee_id: me.principal.id });
  await make('Nobody’s', { due_on: noonDate(0) });
  await make('Another’s', { due_on: noonDate(0), assignee_id: other });
  const all = ['Another’s', 'Mine', 'Nobody’s'];
  expect(await due({}, me)).toEqual(['Mine', 'Nobody’s']);
  expect(await due({ scope: 'all' }, me)).toEqual(all);
  expect(await due({}, key)).toEqual(all);
  expect(await due({ scope: 'mine' }, key)).toEqual(['Nobody’s']);
});

test('the day is that of the caller, or of the zone that is named', async () => {
  const kiritimati = { ...me, principal: { ...me.principal, timezone: 'Pacific/Kiritimati' } };
  const there = await api.getToday({}, kiritimati);
  const niue = await api.getToday({ timezone: 'Pacific/Niue' }, kiritimati);
  expect([there.timezone, niue.timezone]).toEqual(['Pacific/Kiritimati', 'Pacific/Niue']);
  // They are 25 hours apart.
  expect(there.date > niue.date).toBe(true);
  await make('There', { due_on: there.date, timezone: 'Pacific/Kiritimati' });
  expect((await api.getToday({}, kiritimati)).due.items).toHaveLength(1);
  expect((await api.getToday({ timezone: 'Pacific/Kiritimati' }, me)).due.items).toHaveLength(1);
});

test('lists out of reach and other workspaces are not part of it', async () => {
  await fill();
  const limited = { ...key, principal: { ...key.principal, listIds: [uuidv7()] } };
  const nothing = { overdue: [], due: [], in_progress: [], started: [] };
  for (const by of [limited, contextOf(uuidv7())]) expect(titles(await api.getToday({}, by))).toEqual(nothing);
});
