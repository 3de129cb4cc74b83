// The one-off tasks of a feed, on a real PostgreSQL and with tasks' own use cases.
import type { Bus } from '@mono/bus';
import { UnavailableError } from '@mono/contract/errors';
import { expandByIcal } from '../../../../test/support/read-by-ical.ts';
import { uuidv7 } from 'uuidv7';
import { createRecurrenceWorld, dayAt, dayFrom, type RecurrenceWorld } from '../../testing/recurrence-world.js';
import type { CalendarComponent, FeedTasks } from '../../contract/index.js';
import { Feeds, hashOf } from './feeds.js';

let world: RecurrenceWorld;

beforeAll(async () => {
  world = await createRecurrenceWorld();
});
afterAll(() => world?.end());

/** The creator may read the list. */
async function read(tasks: FeedTasks | undefined, component: CalendarComponent, bus: Bus = world.bus): Promise<string> {
  const secret = uuidv7();
  const columns = 'id, workspace_id, list_id, component, name, creator_kind, creator_id, secret_hash';
  const values = [uuidv7(), world.workspace, world.list, component, 'Home', 'user', uuidv7(), hashOf(secret)];
  // A node of the release before does not name the column.
  const [more, given] = tasks === undefined ? ['', []] : [', tasks', [tasks]];
  const places = [...values, ...given].map((_value, index) => `$${index + 1}`).join(', ');
  await world.database.query(`INSERT INTO recurrence.feed (${columns}${more}) VALUES (${places})`, [
    ...values,
    ...given,
  ]);
  const rights = { mayRead: () => Promise.resolve(true) };
  const absent = undefined as never;
  const feeds = new Feeds(world.database, absent, absent, absent, rights as never, absent, bus);
  const visit = { requestId: 'test', address: '127.0.0.1' };
  return (await feeds.read(visit, hashOf(secret).toString('base64url'))).content;
}

const titlesIn = (calendar: string): string[] =>
  [...calendar.matchAll(/^SUMMARY:(.*)\r$/gm)].map(([, title = '']) => title).toSorted();

test('a feed has the dated tasks of its list, each once, beside the templates', async () => {
  const make = (title: string, more: object = {}): Promise<{ id: string }> =>
    world.tasks.createTask({ title, list_id: world.list, ...more }, world.context);
  await world.create({ dtstart: dayAt(1, '09:00:00'), timezone: 'UTC', pattern: 'daily' });
  const { id } = await make('Dated', { due_on: dayFrom(2) });
  await make('Timed', { due_at: dayAt(2, '10:30:00Z'), timezone: 'America/New_York' });
  await make('Done', { due_on: dayFrom(-1), status: 'done' });
  await make('Cancelled', { due_on: dayFrom(1), status: 'cancelled' });
  await make('Some day');
  await world.tasks.createTask(
    { title: 'Elsewhere', list_id: await world.newList(), due_on: dayFrom(1) },
    world.context,
  );
  const ours = ['Dated', 'Timed', 'Water the plants'];
  expect(titlesIn(await read('open', 'vtodo'))).toEqual(ours);
  expect(titlesIn(await read('all', 'vtodo'))).toEqual([ours[0], 'Done', ...ours.slice(1)]);
  for (const tasks of ['none', undefined] as const) {
    expect(titlesIn(await read(tasks, 'vevent'))).toEqual(['Water the plants']);
  }
  const calendar = await read('open', 'vevent');
  expect(calendar).toContain(`UID:${id}\r\n`);
  const seen = expandByIcal(calendar, 1).map(({ at, summary }) => [summary, at]);
  expect(seen).toEqual(
    expect.arrayContaining([
      ['Dated', dayFrom(2)],
      ['Timed', dayAt(2, '10:30:00.000Z')],
    ]),
  );
  // The entity tag is made of it.
  expect(await read('open', 'vevent')).toBe(calendar);
});

test('a feed whose tasks cannot be read is unavailable instead of empty', async () => {
  const down = { request: () => Promise.reject(new UnavailableError('Tasks cannot be reached.')) } as unknown as Bus;
  await expect(read('open', 'vtodo', down)).rejects.toMatchObject({ code: 'unavailable' });
  expect(await read('none', 'vtodo', down)).toContain('BEGIN:VCALENDAR');
});
