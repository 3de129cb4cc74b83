// Mails about assignments on a real PostgreSQL: one for many assignments, also with concurrent nodes.
import { randomUUID } from 'node:crypto';
import { Test, type TestingModule } from '@nestjs/testing';
import { Bus } from '@mono/bus';
import { migrate, openDatabase, type Database } from '@mono/platform';
import { nodeForTests } from '@mono/platform/testing';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.ts';
import { notificationsFeature } from '../../feature.js';
import { NotificationsModule } from '../../module.js';
import type { AssigningEvent } from '../domain/assignment.js';
import { assignmentMail } from '../mails/assignment-mails.js';
import { People } from '../mails/people.js';
import { Preferences } from '../preferences/preferences.js';
import { AccountsConsumer } from '../reminders/accounts.consumer.js';
import { ADA, BOB, GRACE, World, WORKSPACE } from '../testing/world.js';
import { UnsubscribeLinks } from '../unsubscribe/unsubscribe-links.js';
import { AssignmentsConsumer } from './assignments.consumer.js';
import { Assignments } from './assignments.js';

const HOUR_MS = 60 * 60_000;

describe('assignments', () => {
  let place: TestDatabase;
  let database: Database;
  let world: World;
  let node: TestingModule;

  beforeAll(async () => {
    place = await createTestDatabase();
    const { migrations } = notificationsFeature;
    const options = { module: 'notifications', url: place.url, poolSize: 10, statementTimeoutMs: 10_000, migrations };
    database = await openDatabase(options);
    await migrate(database, 'notifications');
  });
  beforeEach(async () => {
    await database.query(
      'TRUNCATE notifications.assignment, notifications.outbox, notifications.inbox, notifications.preference',
    );
    world = new World();
    node = await startNode(0);
  });
  afterAll(async () => {
    await database?.dataSource.destroy();
    await place?.drop();
  });

  function startNode(delaySeconds: number): Promise<TestingModule> {
    const settings = { notifications: { ASSIGNMENT_MAILS_DELAY_SECONDS: delaySeconds } };
    return Test.createTestingModule({
      imports: [nodeForTests({ databases: { notifications: database }, settings }), NotificationsModule],
    })
      .overrideProvider(Bus)
      .useValue(world)
      .compile();
  }

  /** @returns the task. */
  async function assign(more: Partial<AssigningEvent> & { to?: string | null; title?: string } = {}): Promise<string> {
    const { to = ADA, title = 'Bake', aggregate_id = randomUUID(), ...rest } = more;
    world.tasks.set(aggregate_id, { title, status: 'todo', assignee_id: to, due_at: null, due_on: null });
    await node.get(AssignmentsConsumer).record({
      id: randomUUID(),
      aggregate_id,
      version: 1,
      workspace_id: WORKSPACE,
      occurred_at: new Date().toISOString(),
      origin: 'user',
      actor: { kind: 'user', id: GRACE },
      changes: { assignee_id: { from: null, to } },
      ...rest,
    });
    return aggregate_id;
  }

  async function requested(): Promise<{ id: string; user_id: string }[]> {
    return database.query(
      `SELECT event_id AS id, payload ->> 'user_id' AS user_id FROM notifications.outbox
       WHERE subject LIKE '%tasks_assigned' ORDER BY seq`,
    );
  }

  async function mail() {
    await node.get(Assignments).announce();
    const [event] = (await requested()).slice(-1);
    if (!event) throw new Error('No mail was requested.');
    const sources = { database, bus: world as never, links: node.get(UnsubscribeLinks) };
    const facts = { id: event.id, workspace_id: WORKSPACE, user_id: event.user_id, request_id: 'test' };
    return assignmentMail(sources)(facts, new People(world as never));
  }

  test('by somebody else are mailed, with names instead of ids', async () => {
    await assign();
    expect(await mail()).toMatchObject({
      to: 'ada@example.com',
      subject: 'Grace assigned you a task: Bake',
      text: expect.stringContaining('Hello Ada,\n\nGrace assigned you the task “Bake” in the list “Home”.'),
      unsubscribe: expect.stringContaining('.task_assigned.'),
    });
  });

  test.each<[string, Parameters<typeof assign>[0]]>([
    ['the assignee', { actor: { kind: 'user', id: ADA } }],
    ['recurrence', { origin: 'recurrence', actor: { kind: 'system', id: 'recurrence' } }],
    ['a member that leaves', { origin: 'system', to: null }],
    ['a change of another field', { changes: { title: { from: 'Bake', to: 'Bake bread' } } }],
    ['an event of two days ago', { occurred_at: new Date(Date.now() - 48 * HOUR_MS).toISOString() }],
  ])('by %s are not recorded', async (_what, event) => {
    await assign(event);
    expect(await database.query('SELECT 1 FROM notifications.assignment')).toEqual([]);
  });

  test('that are hours old, as after an outage, are recorded without a mail', async () => {
    await assign({ occurred_at: new Date(Date.now() - 2 * HOUR_MS).toISOString() });
    expect(await node.get(Assignments).announce()).toBe(0);
    expect(await database.query('SELECT mail_id FROM notifications.assignment')).toEqual([{ mail_id: null }]);
  });

  test('of many tasks are one mail, also among concurrent nodes', async () => {
    const patient = await startNode(3_600);
    for (let index = 0; index < 30; index += 1) await assign({ title: `Loaf ${index}` });
    await assign({ to: BOB });
    expect(await patient.get(Assignments).announce()).toBe(0);
    const others = await Promise.all([startNode(0), startNode(0), startNode(0)]);
    const rounds = await Promise.all(others.map((other) => other.get(Assignments).announce()));
    expect(rounds.reduce((sum, one) => sum + one, 0)).toBe(2);
    const events = await requested();
    expect(events.map(({ user_id }) => user_id).toSorted()).toEqual([ADA, BOB].toSorted());
    await database.query('DELETE FROM notifications.outbox WHERE payload ->> $1 = $2', ['user_id', BOB]);
    const written = await mail();
    expect(written?.subject).toBe('Grace assigned you 30 tasks');
    // Assignments of the same millisecond have no order.
    expect(new Set(written?.text.match(/^- Loaf \d+ \(Home\)$/gm)).size).toBe(20);
    expect(written?.text).toContain('(Home)\n- and 10 more\n');
  });

  test('that go on for five delays are mailed meanwhile', async () => {
    const patient = await startNode(60);
    await assign();
    await database.query(`UPDATE notifications.assignment SET created_at = now() - interval '301 seconds'`);
    await assign();
    expect(await patient.get(Assignments).announce()).toBe(1);
  });

  test('by several people name each', async () => {
    await assign({ title: 'One' });
    await assign({ title: 'Two', actor: { kind: 'api_key', id: randomUUID() } });
    const written = await mail();
    expect(written?.subject).toBe('2 tasks were assigned to you');
    expect(written?.text).toContain('- One (Home), by Grace\n- Two (Home), by An API key\n');
  });

  test('that no longer hold when the mail is sent are not in it', async () => {
    const [done, given, gone] = [await assign(), await assign(), await assign()];
    await assign({ title: 'Stays' });
    Object.assign(world.tasks.get(done) ?? {}, { status: 'done' });
    Object.assign(world.tasks.get(given) ?? {}, { assignee_id: BOB });
    world.tasks.delete(gone);
    expect((await mail())?.subject).toBe('Grace assigned you a task: Stays');
    world.members = [];
    expect(await mail()).toBeUndefined();
  });

  test('of one task are mailed again only for a newer version', async () => {
    const task = await assign({ version: 3 });
    await node.get(Assignments).announce();
    await assign({ aggregate_id: task, version: 2 });
    expect(await node.get(Assignments).announce()).toBe(0);
    await assign({ aggregate_id: task, version: 5 });
    expect(await node.get(Assignments).announce()).toBe(1);
  });

  test('are not mailed to a user who turned such mails off, also after the request', async () => {
    const preferences = node.get(Preferences);
    const change = { userId: ADA, workspaceId: WORKSPACE, requestId: 'test' };
    await assign();
    await node.get(Assignments).announce();
    await preferences.update(change, { task_assigned: false });
    expect(await mail()).toBeUndefined();
    await assign();
    expect(await node.get(Assignments).announce()).toBe(0);
    await preferences.update(change, { task_assigned: true });
    expect(await node.get(Assignments).announce()).toBe(0);
  });

  test('are deleted with the account, and after eight days', async () => {
    await assign();
    await node.get(AccountsConsumer).deleteUser({ id: randomUUID(), aggregate_id: ADA });
    expect(await database.query('SELECT 1 FROM notifications.assignment')).toEqual([]);
    await assign();
    expect(await node.get(Assignments).prune()).toBe(0);
    await database.query(`UPDATE notifications.assignment SET created_at = now() - interval '9 days'`);
    expect(await node.get(Assignments).prune()).toBe(1);
  });
});
