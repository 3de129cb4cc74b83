// The zone of rules that name none, on a real PostgreSQL and with tasks' own use cases: a workspace in Berlin, a user in New York.
import { clientOf, type CallContext } from '@mono/contract';
import { localBus } from '@mono/platform/testing';
import { uuidv7 } from 'uuidv7';
import { calendarsOperations, type CreateTemplate, type RulePatch, type Template } from '../../contract/index.js';
import { createRecurrenceWorld, type RecurrenceWorld } from '../../testing/recurrence-world.js';

let world: RecurrenceWorld;
let user: CallContext;
let key: CallContext;
let inTokyo: string;

beforeAll(async () => {
  world = await createRecurrenceWorld();
  const { principal } = world.context;
  user = { ...world.context, principal: { ...principal, kind: 'user', id: uuidv7(), timezone: 'America/New_York' } };
  key = { ...world.context, principal: { ...principal, timezone: 'Europe/Berlin' } };
  inTokyo = (await world.tasks.createList({ title: 'Office', timezone: 'Asia/Tokyo' }, user)).id;
});
afterAll(() => world?.end());

type Rule = Pick<CreateTemplate['rule'], keyof CreateTemplate['rule']>;

const NINE: Rule = { dtstart: '2027-03-01T09:00:00', pattern: 'daily' };

function create(by: CallContext, list_id = world.list, rule: Rule = NINE): Promise<Template> {
  return world.api.createTemplate({ title: 'Water', list_id, rule }, by);
}

function patch({ id }: Template, rule: RulePatch, by: CallContext, more: object = {}): Promise<Template> {
  return world.api.updateTemplate({ id, patch: { ...more, rule } }, by);
}

/** By the list of occurrences, around the days on which clocks change in New York and in Berlin. */
async function startsOf({ id }: Template): Promise<string[]> {
  const days = [
    { from: '2027-03-13T00:00:00Z', to: '2027-03-15T00:00:00Z' },
    { from: '2027-03-27T00:00:00Z', to: '2027-03-29T00:00:00Z' },
  ];
  const starts: string[] = [];
  for (const window of days) {
    const { items } = await world.api.findOccurrences({ id, ...window }, key);
    starts.push(...items.map(({ at }) => at.slice(5, 13)));
  }
  return starts;
}

const NEW_YORK = ['03-13T14', '03-14T13', '03-27T13', '03-28T13'];
const BERLIN = ['03-13T08', '03-14T08', '03-27T08', '03-28T07'];

test('a rule has the zone of its list, else of the user, else of the workspace, and keeps it', async () => {
  const mine = await create(user);
  expect(mine.rule).toEqual({ ...NINE, timezone: 'America/New_York' });
  expect(await startsOf(mine)).toEqual(NEW_YORK);
  expect((await create(user, inTokyo)).rule.timezone).toBe('Asia/Tokyo');
  expect((await create(user, inTokyo, { ...NINE, timezone: 'UTC' })).rule.timezone).toBe('UTC');
  for (const by of [key, world.context]) {
    const ours = await create(by);
    expect(ours.rule.timezone).toBe('Europe/Berlin');
    expect(await startsOf(ours)).toEqual(BERLIN);
  }
});

test('a preview counts in the zone that the template will have', async () => {
  const hoursOf = async (by: CallContext, more: object = {}): Promise<string[]> => {
    const { items } = await world.api.previewRule({ rule: NINE, from: '2027-03-28', limit: 1, ...more }, by);
    return items.map(({ at }) => at.slice(11, 13));
  };
  expect([await hoursOf(user), await hoursOf(key), await hoursOf(world.context)]).toEqual([['13'], ['07'], ['07']]);
  expect(await hoursOf(user, { list_id: inTokyo })).toEqual(['00']);
  await expect(hoursOf(user, { list_id: uuidv7() })).rejects.toMatchObject({ code: 'list_not_found' });
  const limited = { ...user, principal: { ...user.principal, listIds: [world.list] } };
  await expect(hoursOf(limited, { list_id: inTokyo })).rejects.toMatchObject({ code: 'list_not_found' });
});

test('a change by somebody in another zone keeps the zone, unless it asks for another one', async () => {
  const template = await create(user);
  expect((await patch(template, { time: '10:00' }, key)).rule.timezone).toBe('America/New_York');
  expect((await patch(template, { timezone: null }, key)).rule.timezone).toBe('Europe/Berlin');
  expect(await startsOf(template)).toEqual(BERLIN.map((hour) => hour.replace('08', '09').replace('T07', 'T08')));
  expect((await patch(template, { timezone: null }, key, { list_id: inTokyo })).rule.timezone).toBe('Asia/Tokyo');
  const dry = { patch: { rule: { timezone: 'Asia/Tokyo' } } };
  const { added, removed } = await world.api.diffTemplate({ id: template.id, ...dry }, key);
  expect([added, removed]).toEqual([[], []]);
});

test('a template of an earlier release, without a zone, still follows the workspace', async () => {
  const template = await create(key);
  await world.database.query('UPDATE recurrence.template SET rule = $2 WHERE id = $1', [
    template.id,
    JSON.stringify({ ...NINE, timezone: null }),
  ]);
  for (const rule of [{ time: '10:00' }, { ...NINE, timezone: null }]) {
    expect((await patch(template, rule, user)).rule.timezone ?? null).toBeNull();
    expect(await world.template(template.id)).toMatchObject({ zone: 'Europe/Berlin' });
  }
  expect((await patch(template, { timezone: 'Asia/Tokyo' }, user)).rule.timezone).toBe('Asia/Tokyo');
});

test('floating times of an imported calendar are in the zone of the list, else of the user', async () => {
  const event = ['UID:1', 'SUMMARY:Water', 'DTSTART:20270301T090000', 'RRULE:FREQ=DAILY'];
  const content = ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', ...event, 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n');
  const calendars = clientOf(localBus(...world.controllers), calendarsOperations);
  const zoneIn = async (list_id: string): Promise<unknown> => {
    const { items } = await calendars.importCalendar({ content, list_id }, user);
    return items.map(({ rule }) => rule.timezone);
  };
  expect(await zoneIn(world.list)).toEqual(['America/New_York']);
  expect(await zoneIn(inTokyo)).toEqual(['Asia/Tokyo']);
});
