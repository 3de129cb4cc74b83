// The templates that a search of the workspace finds.
import { clientOf, type CallContext } from '@mono/contract';
import { localBus } from '@mono/platform/testing';
import { uuidv7 } from 'uuidv7';
import { templatesSearch, type Template } from '../../contract/index.js';
import { createRecurrenceWorld, dayAt, type RecurrenceWorld } from '../../testing/recurrence-world.js';

let world: RecurrenceWorld;
let own: Template;
let other: Template;

const daily = () => ({ dtstart: dayAt(1, '09:00:00'), timezone: 'UTC', pattern: 'daily' as const });

beforeAll(async () => {
  world = await createRecurrenceWorld();
  own = await world.create(daily(), { title: 'Größe der Pflanzen messen', description: 'Alle Töpfe im Gewächshaus' });
  await world
    .create(daily(), { title: 'Gone: Größe' })
    .then(({ id }) => world.api.deleteTemplate({ id }, world.context));
  world.list = await world.newList();
  other = await world.create(daily(), { title: 'Water the plants', tags: ['grosse'] });
});
afterAll(() => world?.end());

async function found(q: string, more: object = {}, principal: Partial<CallContext['principal']> = {}) {
  const call = { ...world.context, principal: { ...world.context.principal, ...principal } };
  const client = clientOf(localBus(...world.controllers), templatesSearch);
  return (await client.findMatches({ q, limit: 10, ...more }, call)).items;
}
const ids = async (...asked: Parameters<typeof found>): Promise<string[]> =>
  (await found(...asked)).map(({ id }) => id);

test('templates are found by title, tags and description, the title first, and deleted ones are not', async () => {
  const items = await found('GROSSE');
  expect(items.map(({ id }) => id)).toEqual([own.id, other.id]);
  expect(items[0]).toMatchObject({
    kind: 'template',
    status: 'active',
    list_id: own.list_id,
    href: `/v1/templates/${own.id}`,
  });
  expect((await found('topfe')).map(({ snippet }) => snippet)).toEqual(['Alle Töpfe im Gewächshaus']);
  expect(await ids('grosse -messen')).toEqual([other.id]);
  expect(await ids('"der pflanzen"')).toEqual([own.id]);
  expect(await ids('!!')).toEqual([]);
  expect(await ids('-water')).toEqual([]);
});

test('similar words are found when they are asked for', async () => {
  expect(await ids('plnats')).toEqual([]);
  expect(await ids('watre plants', { similar: true })).toEqual([other.id]);
  expect(await ids('zu', { similar: true })).toEqual([]);
});

test('other workspaces, lists out of reach and missing scopes find nothing', async () => {
  expect(await ids('grosse', {}, { workspaceId: uuidv7() })).toEqual([]);
  expect(await ids('grosse', {}, { listIds: [other.list_id] })).toEqual([other.id]);
  expect(await ids('grosse', {}, { scopes: ['tasks:read'] })).toEqual([]);
});
