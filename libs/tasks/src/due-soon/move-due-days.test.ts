// Tasks that are due on a day, as a new release of the zone data moves its end: on a real PostgreSQL.
import { installZoneData, ZoneChanges } from '@mono/platform';
import { writeZoneDirectory, zoneTables, type ZoneDirectory } from '@mono/platform/testing';
import { icuZones, useZoneData, type ZoneTable } from '@mono/contract/zones';
import { uuidv7 } from 'uuidv7';
import type { TasksEvent } from '../../contract/index.js';
import { occurrencesIn, recurrenceIn } from '../../testing/occurrences.js';
import { contextOf, createTasksWorld, insertList, type TasksWorld } from '../../testing/tasks-world.js';
import { dueZones, moveDueDays } from './move-due-days.js';

const HAVANA = 'America/Havana';
const HOUR = 3600;
const DAY_MS = 24 * HOUR * 1000;
const directories: ZoneDirectory[] = [];
let world: TasksWorld;
let workspace: string;
let list: string;

/** Midnight may pass during the tests: all days count from here. */
const NOW = Date.now();
const dayFrom = (days: number): string => new Date(NOW + days * DAY_MS).toISOString().slice(0, 10);

beforeEach(async () => {
  use('2098a', false);
  world = await createTasksWorld();
  workspace = uuidv7();
  list = await insertList(world.database, workspace);
});
afterEach(async () => {
  useZoneData(icuZones());
  for (const directory of directories.splice(0)) directory.remove();
  await world?.end();
});

/** By the older release clocks go back in ten days. */
function use(release: string, decreed: boolean): void {
  const winter = Date.parse(`${dayFrom(10)}T05:00:00Z`) / 1000;
  const havana: ZoneTable = decreed
    ? { first: -4 * HOUR, instants: [], offsets: [], footer: '<-04>4' }
    : { first: -4 * HOUR, instants: [winter], offsets: [-5 * HOUR], footer: 'CST5' };
  const directory = writeZoneDirectory(release, { ...zoneTables(true), [HAVANA]: havana });
  directories.push(directory);
  installZoneData({ directory: directory.path, onFault: () => undefined });
}

function node(): ZoneChanges {
  return new ZoneChanges({
    database: world.database,
    schema: 'tasks',
    zonesInUse: dueZones,
    move: moveDueDays,
    onMoved: () => undefined,
    logger: { info: () => undefined, warn: () => undefined },
  });
}

async function dueOf(id: string): Promise<[string | undefined, number | undefined]> {
  const [row] = await world.database.query<{ due_instant: string; version: number }>(
    'SELECT due_instant, version FROM tasks.task WHERE id = $1',
    [id],
  );
  return [row?.due_instant, row?.version];
}

async function eventsOfZoneData(): Promise<TasksEvent[]> {
  const rows = await world.database.query<{ payload: TasksEvent }>(
    `SELECT payload FROM tasks.outbox WHERE payload->>'origin' = 'zone_data' ORDER BY seq`,
  );
  return rows.map(({ payload }) => payload);
}

test('the end of a day moves once, with an event that names the cause; what is over or elsewhere stays', async () => {
  const api = world.useCases();
  const make = async (fields: object): Promise<string> => {
    const given = { title: uuidv7(), list_id: list, due_on: dayFrom(20), timezone: HAVANA, ...fields };
    return (await api.createTask(given, contextOf(workspace))).id;
  };
  const [late, soon, elsewhere, done] = [
    await make({}),
    await make({ due_on: dayFrom(2) }),
    await make({ timezone: 'Europe/Berlin' }),
    await make({}),
  ];
  await api.updateTask({ id: done, patch: { status: 'done' } }, contextOf(workspace));
  await node().run();
  const before = await Promise.all([late, soon, elsewhere, done].map(dueOf));
  expect(await eventsOfZoneData()).toEqual([]);

  use('2098b', true);
  await Promise.all([node().run(), node().run(), node().run()]);

  const from = `${dayFrom(21)}T04:59:59.999Z`;
  const to = `${dayFrom(21)}T03:59:59.999Z`;
  expect(await dueOf(late)).toEqual([to, 2]);
  expect(await Promise.all([soon, elsewhere, done].map(dueOf))).toEqual(before.slice(1));
  expect(await eventsOfZoneData()).toMatchObject([
    { event: 'updated', aggregate_id: late, workspace_id: workspace, changes: { due_instant: { from, to } } },
  ]);

  await world.database.query('UPDATE tasks.zone_release SET again_at = now()');
  await node().run();
  use('2098a', false);
  await node().run();
  expect([await dueOf(late), (await eventsOfZoneData()).length]).toEqual([[to, 2], 1]);
});

test('an occurrence that is moved stays untouched, and follows its template further on', async () => {
  const occurrences = world.occurrences();
  const [one] = occurrencesIn(list, 1, { due_at: null, due_on: dayFrom(20), timezone: HAVANA });
  await occurrences.materialise(recurrenceIn(workspace), { occurrences: [one] });
  await node().run();
  use('2098b', true);
  await node().run();
  expect((await dueOf(one.task_id))[1]).toBe(2);
  const { task_id, revision, template_id, series_id, original_start, ...rest } = one;
  const content = { ...rest, title: 'Other' };
  const names = { task_id, revision: revision + 1, template_id, series_id, original_start };
  const { results } = await occurrences.revise(recurrenceIn(workspace), { revisions: [{ ...names, content }] });
  expect(results[0]?.outcome).toBe('revised');
});

test('more tasks than one page are visited, each once', async () => {
  const occurrences = world.occurrences();
  const batch = occurrencesIn(list, 450, { due_at: null, due_on: dayFrom(20), timezone: HAVANA });
  await occurrences.materialise(recurrenceIn(workspace), { occurrences: batch });
  await node().run();
  use('2098b', true);
  await Promise.all([node().run(), node().run()]);
  const events = await eventsOfZoneData();
  expect([events.length, new Set(events.map(({ aggregate_id: id }) => id)).size]).toEqual([450, 450]);
});
