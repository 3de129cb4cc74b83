// A release of the zone data that keeps a zone on summer time, on a real PostgreSQL with tasks' own use cases: first the
// release before it, then that one. Dates are relative to today, as the database's clock is.
import type { PinoLogger } from 'nestjs-pino';
import { writeZoneDirectory, zoneTables, type ZoneDirectory } from '@mono/platform/testing';
import { icuZones, useZoneData, type ZoneTable } from '@mono/contract/zones';
import { installZoneData } from '@mono/platform';
import type { Template } from '../../contract/index.js';
import {
  createRecurrenceWorld,
  dayAt,
  dayFrom,
  type RecurrenceWorld,
  type PublishedEvent,
} from '../../testing/recurrence-world.js';
import { ZoneDataChanges } from './zone-data-changes.js';

const HAVANA = 'America/Havana';
const HOUR = 3600;
const HORIZON = { generation_horizon_days: 30 };
/** Days from now until clocks go back, as the older release has it. */
const WINTER = 10;

let world: RecurrenceWorld;
const directories: ZoneDirectory[] = [];
beforeEach(async () => {
  use('2098a', false);
  world = await createRecurrenceWorld();
});
afterEach(async () => {
  useZoneData(icuZones());
  for (const directory of directories.splice(0)) directory.remove();
  await world?.end();
});

/** As a node does at its start. */
function use(release: string, decreed: boolean): void {
  const winter = Date.parse(`${dayFrom(WINTER)}T05:00:00Z`) / 1000;
  const havana: ZoneTable = decreed
    ? { first: -4 * HOUR, instants: [], offsets: [], footer: '<-04>4' }
    : { first: -4 * HOUR, instants: [winter], offsets: [-5 * HOUR], footer: 'CST5' };
  const directory = writeZoneDirectory(release, { ...zoneTables(true), [HAVANA]: havana });
  directories.push(directory);
  installZoneData({ directory: directory.path, onFault: () => undefined });
}

function node(): ZoneDataChanges {
  const logger = { info: () => undefined, warn: () => undefined };
  return new ZoneDataChanges(world.database, logger as unknown as PinoLogger);
}

/** Both nodes at the same time, then the jobs. @returns the events of tasks. */
async function follow(): Promise<PublishedEvent[]> {
  await Promise.all([node().follow(), node().follow()]);
  await world.work();
  const events = await world.take();
  await world.consume(...events);
  await world.work();
  return events;
}

async function firstRun(): Promise<void> {
  await node().follow();
  await world.work();
  await world.deliver();
}

const daily = (timezone: string): Promise<Template> =>
  world.create({ dtstart: dayAt(1, '09:00:00'), timezone, pattern: 'daily' }, HORIZON);

async function duesOf(template: Template): Promise<Record<string, string | null>> {
  const tasks = await world.tasksOf(template);
  return Object.fromEntries(
    tasks.map(({ original_start: start, due_at: due }) => [start ?? '', due?.slice(0, 16) ?? null]),
  );
}

test('a node starts with one release, then with the next: each date moves once, except those that users have moved', async () => {
  const template = await daily(HAVANA);
  const other = await daily('Europe/Berlin');
  await firstRun();
  const [before, after, edited, moved] = [3, 20, 21, 22].map((day) => dayAt(day, '09:00:00')) as [
    string,
    string,
    string,
    string,
  ];
  const idOf = async (start: string): Promise<string> =>
    (await world.tasksOf(template)).find(({ original_start: key }) => key === start)?.id ?? '';
  await world.tasks.updateTask({ id: await idOf(edited), patch: { title: 'Water the cactus' } }, world.context);
  const movedTo = `${dayAt(23, '02:00:00')}.000Z`;
  await world.api.createException({ id: template.id, original_start: moved, kind: 'move', at: movedTo }, world.context);
  await world.deliver();
  expect(await duesOf(template)).toMatchObject({
    [before]: `${dayFrom(3)}T13:00`,
    [after]: `${dayFrom(20)}T14:00`,
    [edited]: `${dayFrom(21)}T14:00`,
  });
  const berlin = await world.tasksOf(other);

  use('2098b', true);
  const events = await follow();

  expect(await duesOf(template)).toMatchObject({
    [before]: `${dayFrom(3)}T13:00`,
    [after]: `${dayFrom(20)}T13:00`,
    [edited]: `${dayFrom(21)}T13:00`,
    [moved]: movedTo.slice(0, 16),
  });
  const tasks = await world.tasksOf(template);
  const late = tasks.filter(({ original_start: start }) => (start ?? '') >= dayAt(WINTER, '00:00:00'));
  const others = late.filter(({ original_start: start }) => start !== moved);
  expect(others.length).toBeGreaterThan(15);
  const news = events.map(({ aggregate_id: id, event, origin, version }) => `${id} ${version} ${event} ${origin}`);
  const expected = others.map(({ id, original_start: start }) => `${id} ${start === edited ? 3 : 2} updated zone_data`);
  expect(news.toSorted((one, other) => one.localeCompare(other))).toEqual(
    expected.toSorted((one, other) => one.localeCompare(other)),
  );
  expect(events[0]?.changes).toEqual({ due_at: { from: expect.any(String), to: expect.any(String) } });
  expect(await world.tasksOf(other)).toEqual(berlin);
  // The template is what it was, and so are its exceptions.
  expect(await world.api.getTemplate({ id: template.id }, world.context)).toMatchObject({ version: template.version });
  expect((await world.api.findExceptions({ id: template.id }, world.context)).items).toHaveLength(2);

  // Once more after a while, for what a node with older data has written meanwhile; and by a node with older data.
  await world.database.query('UPDATE recurrence.zone_release SET again_at = now()');
  expect(await follow()).toEqual([]);
  use('2098a', false);
  expect(await follow()).toEqual([]);
  expect(await world.tasksOf(template)).toEqual(tasks);
});

test('what a node with older data writes meanwhile is put right by the second visit', async () => {
  const template = await daily(HAVANA);
  await firstRun();
  use('2098b', true);
  await follow();
  use('2098a', false);
  await world.api.updateTemplate({ id: template.id, patch: { title: 'Water the garden' } }, world.context);
  await world.work();
  await world.deliver();
  const start = dayAt(20, '09:00:00');
  expect((await duesOf(template))[start]).toBe(`${dayFrom(20)}T14:00`);
  use('2098b', true);
  await world.database.query('UPDATE recurrence.zone_release SET again_at = now()');
  await follow();
  expect((await duesOf(template))[start]).toBe(`${dayFrom(20)}T13:00`);
});

test('only templates of the zones that differ are planned anew', async () => {
  const template = await daily(HAVANA);
  const other = await daily('Europe/Berlin');
  await firstRun();
  const [was, otherWas] = [await world.template(template.id), await world.template(other.id)];
  use('2098b', true);
  await follow();
  expect((await world.template(template.id)).revision).toBe(was.revision + 1);
  expect((await world.template(other.id)).revision).toBe(otherWas.revision);
});

test('an interval of elapsed time and a chain by completion follow, and make nothing twice', async () => {
  const interval = await world.create(
    { dtstart: dayAt(WINTER + 2, '09:00:00'), timezone: HAVANA, pattern: 'interval', interval: 'P1D', count: 3 },
    HORIZON,
  );
  const chain = await world.create(
    { dtstart: dayAt(WINTER + 2, '09:00:00'), timezone: HAVANA, pattern: 'weekly' },
    { ...HORIZON, anchor: 'completion' },
  );
  await firstRun();
  use('2098b', true);
  await follow();
  await world.deliver();
  const day = (days: number): string => `${dayFrom(WINTER + days)}T13:00`;
  expect(Object.values(await duesOf(interval))).toEqual([day(2), day(3), day(4)]);
  expect(Object.values(await duesOf(chain))).toEqual([day(2)]);
});
