// Assignments and feeds of users who leave the workspace, on a real PostgreSQL.
import { uuidv7 } from 'uuidv7';
import {
  createRecurrenceWorld,
  dayAt,
  type RecurrenceWorld,
  type PublishedEvent,
} from '../../testing/recurrence-world.js';
import { Departures } from '@mono/platform';
import { clear } from './former-members.js';
import { memberships } from './members.js';
import type { TemplatePlace } from '../persistence/templates.store.js';

const LEFT_AT = '2026-02-01T00:00:00.000Z';
const BACK_AT = '2026-03-01T00:00:00.000Z';
const REFUSED = { details: [{ field: 'assignee_id', code: 'not_found', issue: 'must be a member of the workspace' }] };
const DAILY = { dtstart: dayAt(1, '09:00:00'), pattern: 'daily' } as const;
const FEW = { generation_horizon_days: 30, sync_horizon_days: 5 };

let world: RecurrenceWorld;
let user: string;

beforeAll(async () => {
  world = await createRecurrenceWorld();
});
afterAll(() => world?.end());
beforeEach(async () => {
  user = uuidv7();
  await world.take();
});

function removed(): PublishedEvent {
  const about = { workspace_id: world.workspace, user_id: user, request_id: 'leaving' };
  const event = { id: uuidv7(), subject: 'events.auth.v1.member_removed', event: 'member_removed' };
  return Object.assign(about, event, { aggregate_id: uuidv7(), version: 2, occurred_at: LEFT_AT, changes: {} });
}

const make = (more: object = {}) => world.create(DAILY, { assignee_id: user, ...FEW, ...more });
const edit = (id: string, original_start: string, fields: object) =>
  world.api.createException({ id, original_start, kind: 'edit', fields }, world.context);

test('a template and all that is to come of it are nobody’s, and follow it on', async () => {
  const [template, other] = [await make(), await make({ assignee_id: uuidv7() })];
  await world.take();
  world.strangers.add(user);
  await world.leaveTasks(user, LEFT_AT);
  await world.consume(removed(), removed());
  const events = (await world.take()).filter(({ subject }) => subject.includes('recurrence'));
  expect(events).toMatchObject([
    {
      event: 'template_updated',
      aggregate_id: template.id,
      version: 2,
      actor: { kind: 'system', id: 'recurrence' },
      origin: 'system',
      request_id: 'leaving',
      changes: { assignee_id: { from: user, to: null } },
    },
  ]);
  await world.work();
  await world.api.updateTemplate({ id: template.id, patch: { title: 'Feed the cat' } }, world.context);
  await world.work();
  const tasks = await world.tasksOf(template);
  expect(tasks.length).toBeGreaterThan(3);
  for (const task of tasks) expect(task).toMatchObject({ assignee_id: null, title: 'Feed the cat' });
  expect(await world.api.getTemplate({ id: other.id }, world.context)).toEqual(other);
});

test('what an exception says of them is nobody’s, made or not, and the rest of it stays', async () => {
  const template = await make({ assignee_id: null });
  const [made, later] = [dayAt(2, '09:00:00'), dayAt(60, '09:00:00')];
  for (const key of [made, later]) await edit(template.id, key, { assignee_id: user, title: 'Mine' });
  await world.deliver();
  world.strangers.add(user);
  await world.leaveTasks(user, LEFT_AT);
  const formerMembers = new Departures<TemplatePlace>({
    database: world.database,
    memberships,
    members: { memberships: async () => [] },
    clear: (on, departure, at) => clear(on, departure, at, 1),
  });
  await formerMembers.end({ workspaceId: world.workspace, userId: user, requestId: 'leaving' }, LEFT_AT);
  const events = (await world.take()).filter(({ subject }) => subject.includes('recurrence'));
  const fields = { assignee_id: null, title: 'Mine' };
  const event = { event: 'occurrence_edited', version: 2, origin: 'system', fields };
  expect(events).toMatchObject([
    { ...event, original_start: made },
    { ...event, original_start: later },
  ]);
  const { items } = await world.api.findExceptions({ id: template.id }, world.context);
  expect(items.map((one) => [one.original_start, one.fields])).toEqual([
    [made, fields],
    [later, fields],
  ]);
});

test('an assignment by a task that is heard after the departure does not count', async () => {
  const template = await make({ assignee_id: null });
  const [task] = await world.tasksOf(template);
  await world.take();
  await world.tasks.updateTask({ id: task?.id ?? '', patch: { assignee_id: user } }, world.context);
  const [given] = await world.take();
  await world.consume(removed());
  await world.leaveTasks(user, LEFT_AT);
  const [taken] = await world.take();
  expect([given, taken]).toMatchObject([{ origin: 'user' }, { origin: 'system' }]);
  if (!given || !taken) throw new Error('There are no events.');
  await world.consume(taken, given);
  expect(await world.row(template, DAILY.dtstart)).toMatchObject({ fields: null });
  // The other way round, the exception is there, and names nobody.
  await world.tasks.updateTask({ id: task?.id ?? '', patch: { assignee_id: uuidv7() } }, world.context);
  const [again] = await world.take();
  await world.consume(...(again ? [again] : []), { ...taken, id: uuidv7(), version: 5 });
  expect(await world.row(template, DAILY.dtstart)).toMatchObject({ fields: { assignee_id: null } });
});

test('whoever leaves while a template, an exception or a split is written is not named by it', async () => {
  const template = await make({ assignee_id: null });
  // Auth’s answer is from before.
  await world.consume(removed());
  await expect(make()).rejects.toMatchObject(REFUSED);
  await expect(
    world.api.updateTemplate({ id: template.id, patch: { assignee_id: user } }, world.context),
  ).rejects.toMatchObject(REFUSED);
  const key = dayAt(2, '09:00:00');
  await expect(edit(template.id, key, { assignee_id: user })).rejects.toMatchObject(REFUSED);
  const split = { assignee_id: user };
  await expect(
    world.api.changeOccurrence(
      { id: template.id, original_start: key, scope: 'following', patch: split },
      world.context,
    ),
  ).rejects.toMatchObject(REFUSED);
  expect(await world.template(template.id)).toMatchObject({ assignee_id: null, version: 1 });
});

test('a user who is back has none of it, and keeps what they were given since, whenever the departure is heard', async () => {
  const before = await make();
  world.joined.set(user, BACK_AT);
  const since = await make();
  expect(await world.template(before.id)).toMatchObject({ assignee_id: null, version: 2 });
  await world.consume(removed());
  expect(await world.template(since.id)).toMatchObject({ assignee_id: user, version: 1 });
});

test('feeds end with the membership, those of other workspaces do not', async () => {
  const elsewhere = uuidv7();
  for (const workspace of [world.workspace, elsewhere]) {
    await world.database.query(
      `INSERT INTO recurrence.feed (id, workspace_id, list_id, component, name, creator_kind, creator_id, secret_hash)
       VALUES ($1, $2, $3, 'vevent', 'Mine', 'user', $4, $5)`,
      [uuidv7(), workspace, uuidv7(), user, Buffer.from(workspace)],
    );
  }
  world.strangers.add(user);
  await world.consume(removed());
  expect(await world.take()).toMatchObject([{ event: 'feed_revoked', workspace_id: world.workspace }]);
  const rows = await world.database.query('SELECT workspace_id FROM recurrence.feed WHERE creator_id = $1', [user]);
  expect(rows).toEqual([{ workspace_id: elsewhere }]);
});

test('with the workspace, what is known of memberships goes', async () => {
  await make();
  const event = { ...removed(), subject: 'events.auth.v1.account_deleted', workspace_ids: [world.workspace] };
  await world.consume(event);
  expect(await world.database.query('SELECT 1 FROM recurrence.membership')).toEqual([]);
});
