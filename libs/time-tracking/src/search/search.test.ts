// The time entries that a search of the workspace finds.
import { beforeEach, expect, test } from '@jest/globals';
import { clientOf, type CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import { entriesSearch, type TimeEntry } from '../../contract/index.js';
import { entriesWorld, hoursAgo, limited } from '../../testing/entries-world.js';

const world = entriesWorld();
let noted: TimeEntry;
let tagged: TimeEntry;
let taskId: string;

async function write(more: object): Promise<TimeEntry> {
  const { context, entries } = world();
  return entries.createEntry({ user_id: uuidv7(), started_at: hoursAgo(3), ended_at: hoursAgo(2), ...more }, context);
}

beforeEach(async () => {
  taskId = (await world().newTask()).id;
  await world().deliver();
  noted = await write({ note: 'Größe der Farne gemessen', task_id: taskId });
  tagged = await write({ tags: ['große Farne', 'on site'] });
  await write({});
});

async function found(q: string, more: object = {}, call: CallContext = world().context) {
  return (await clientOf(world().bus, entriesSearch).findMatches({ q, limit: 10, ...more }, call)).items;
}
const ids = async (...asked: Parameters<typeof found>): Promise<string[]> =>
  (await found(...asked)).map(({ id }) => id);

test('entries are found by note and tags', async () => {
  // The word is a larger part of the shorter one.
  const [first, second] = await found('farne');
  expect(first).toMatchObject({ id: tagged.id, title: 'große Farne, on site', href: `/v1/time/entries/${tagged.id}` });
  expect(second).toMatchObject({ kind: 'entry', title: noted.note, task_id: taskId, at: noted.started_at });
  expect(await ids('GRÖSSE')).toEqual([tagged.id, noted.id]);
  expect(await ids('farne -gemessen')).toEqual([tagged.id]);
  expect(await ids('"on site"')).toEqual([tagged.id]);
  expect(await ids('-farne')).toEqual([]);
});

test('similar words are found when they are asked for', async () => {
  expect(await ids('gemesen')).toEqual([]);
  expect(await ids('gemesen', { similar: true })).toEqual([noted.id]);
});

test('other workspaces, lists out of reach and missing scopes find nothing', async () => {
  const { context } = world();
  const having = (more: object): CallContext => ({ ...context, principal: { ...context.principal, ...more } });
  expect(await ids('farne', {}, having({ workspaceId: uuidv7() }))).toEqual([]);
  expect(await ids('farne', {}, having({ scopes: ['tasks:read'] }))).toEqual([]);
  expect(await ids('farne', {}, limited(context, world().list))).toEqual([noted.id]);
  expect(await ids('farne', {}, limited(context, uuidv7()))).toEqual([]);
});
