// Digests on a real PostgreSQL: exactly one per user and day, also with concurrent nodes and crashes.
import { randomUUID } from 'node:crypto';
import { Test, type TestingModule } from '@nestjs/testing';
import { Bus } from '@mono/bus';
import { UnavailableError } from '@mono/contract';
import { migrate, openDatabase, type Database, type Executor, type TransactionalExecutor } from '@mono/platform';
import { nodeForTests } from '@mono/platform/testing';
import { NOON_ZONE, noonDate } from '../../../../test/support/noon.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.ts';
import { notificationsFeature } from '../../feature.js';
import { NotificationsModule } from '../../module.js';
import { dayIn, digestId } from '../domain/digest.js';
import { digestMail } from '../mails/digest-mail.js';
import { People } from '../mails/people.js';
import { Preferences } from '../preferences/preferences.js';
import { AccountsConsumer } from '../reminders/accounts.consumer.js';
import { TasksConsumer } from '../reminders/tasks.consumer.js';
import { ADA, World, WORKSPACE } from '../testing/world.js';
import { UnsubscribeLinks } from '../unsubscribe/unsubscribe-links.js';
import { Digests } from './digests.js';
import { ZonesConsumer } from './zones.consumer.js';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const CHANGE = { userId: ADA, workspaceId: WORKSPACE, requestId: 'test' };

function inMs(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}

/** Fails instead of the statement with this number, as if the node were killed before it. */
class Dying implements TransactionalExecutor {
  private statements = 0;

  constructor(
    private readonly inner: Database,
    private readonly last: number,
  ) {}

  async query<Row extends object>(...statement: Parameters<Executor['query']>): Promise<Row[]> {
    this.count();
    return this.inner.query<Row>(...statement);
  }

  afterCommit(work: () => void): void {
    work();
  }

  transaction<T>(work: (on: Executor) => Promise<T>): Promise<T> {
    return this.inner.transaction(async (on) => {
      const query: Executor['query'] = (...statement) => {
        this.count();
        return on.query(...statement);
      };
      const result = await work({ query, afterCommit: (then) => on.afterCommit(then) });
      // The commit.
      this.count();
      return result;
    });
  }

  private count(): void {
    this.statements += 1;
    if (this.statements >= this.last) throw new Error('killed');
  }
}

describe('digests', () => {
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
      `TRUNCATE notifications.task, notifications.assignment, notifications.digest, notifications.outbox,
         notifications.inbox, notifications.preference`,
    );
    world = new World();
    world.zone = NOON_ZONE;
    node = await startNode();
  });
  afterAll(async () => {
    await database?.dataSource.destroy();
    await place?.drop();
  });

  function startNode(): Promise<TestingModule> {
    return Test.createTestingModule({
      imports: [nodeForTests({ databases: { notifications: database } }), NotificationsModule],
    })
      .overrideProvider(Bus)
      .useValue(world)
      .compile();
  }

  /** @returns the task. */
  async function add(facts: { title?: string; due_at?: string; due_on?: string }): Promise<string> {
    const id = randomUUID();
    const task = { title: 'Bake', status: 'todo', assignee_id: ADA, due_at: null, due_on: null, ...facts };
    world.tasks.set(id, task);
    await node.get(TasksConsumer).follow({
      id: randomUUID(),
      event: 'created',
      aggregate_id: id,
      version: 1,
      workspace_id: WORKSPACE,
      request_id: 'test',
      changes: Object.fromEntries(Object.entries(task).map(([field, to]) => [field, { from: null, to }])),
    });
    return id;
  }

  /** The digest began days ago, and its time is now. */
  async function makeDue(): Promise<void> {
    await database.query(
      `UPDATE notifications.digest SET since = now() - interval '9 days', next_at = now() - interval '1 minute'`,
    );
  }

  async function published(): Promise<string[]> {
    const rows = await database.query<{ day: string }>(
      `SELECT payload ->> 'day' AS day FROM notifications.outbox WHERE subject LIKE '%daily_digest' ORDER BY seq`,
    );
    return rows.map(({ day }) => day);
  }

  function mail(day = noonDate(0), now = Date.now) {
    const sources = { database, bus: world as never, links: node.get(UnsubscribeLinks) };
    return digestMail(sources, now)({ user_id: ADA, day, request_id: 'test' }, new People(world as never));
  }

  test('are published once a day among concurrent nodes', async () => {
    await add({ due_on: noonDate(0) });
    await makeDue();
    const nodes = await Promise.all([startNode(), startNode(), startNode()]);
    const now = Date.now();
    for (const nowMs of [now, now + 1_000, now + DAY_MS]) {
      await Promise.all(nodes.map((one) => one.get(Digests).publish(ADA, nowMs)));
    }
    expect(await published()).toEqual([noonDate(0), noonDate(1)]);
    const rows = await database.query('SELECT event_id FROM notifications.outbox ORDER BY seq');
    expect(rows[0]).toEqual({ event_id: digestId(ADA, noonDate(0)) });
  });

  test('are found by the scan once they are due', async () => {
    await add({ due_on: noonDate(0) });
    expect(await node.get(Digests).publishDue()).toBe(0);
    await makeDue();
    const nodes = await Promise.all([startNode(), startNode()]);
    const rounds = await Promise.all(nodes.map((one) => one.get(Digests).publishDue()));
    expect(rounds.reduce((sum, one) => sum + one, 0)).toBe(1);
    expect(await node.get(Digests).publishDue()).toBe(0);
    const [row] = await database.query<{ next_at: string }>('SELECT next_at FROM notifications.digest');
    expect(dayIn(NOON_ZONE, Date.parse(row?.next_at ?? ''))).toBe(noonDate(1));
  });

  test('are published once if the node is killed before any statement', async () => {
    await add({ due_on: noonDate(0) });
    for (let last = 1, died = true; died; last += 1) {
      await database.query('TRUNCATE notifications.outbox');
      await database.query('UPDATE notifications.digest SET last_day = NULL');
      await makeDue();
      const dying = new Dying(database, last);
      const logger = { warn: () => undefined };
      const config = {} as never;
      const digests = new Digests(dying, world as never, { wake: () => undefined } as never, config, logger);
      died = await digests.publishDue().then(
        (count) => count === 0,
        () => true,
      );
      await makeDue();
      await node.get(Digests).publishDue();
      expect(await published()).toEqual([noonDate(0)]);
      expect(last).toBeLessThan(30);
    }
  });

  test('are not published on a day without tasks, and a later task waits for the next day', async () => {
    const task = await add({ due_on: noonDate(7) });
    await makeDue();
    expect(await node.get(Digests).publishDue()).toBe(0);
    await add({ due_on: noonDate(0) });
    await makeDue();
    expect(await node.get(Digests).publishDue()).toBe(0);
    expect(await node.get(Digests).publish(ADA, Date.now() + DAY_MS)).toBe(true);
    expect(await published()).toEqual([noonDate(1)]);
    expect(task).not.toBe('');
  });

  test('list what is overdue, due today, due tomorrow and newly assigned, each task once', async () => {
    await add({ title: 'Late', due_at: inMs(-HOUR_MS) });
    await add({ title: 'Yesterday', due_on: noonDate(-1) });
    await add({ title: 'Soon', due_at: inMs(HOUR_MS) });
    await add({ title: 'Today', due_on: noonDate(0) });
    await add({ title: 'Tomorrow', due_on: noonDate(1) });
    await add({ title: 'Tomorrow noon', due_at: inMs(DAY_MS) });
    await add({ title: 'Later', due_on: noonDate(2) });
    await assigned(await add({ title: 'New' }));
    await assigned(await add({ title: 'New and due', due_on: noonDate(0) }));
    await makeDue();
    expect(await node.get(Digests).publishDue()).toBe(1);
    const written = await mail();
    expect(written).toMatchObject({
      to: 'ada@example.com',
      subject: 'Your tasks: 2 overdue, 3 due today, 2 due tomorrow, 1 newly assigned',
      unsubscribe: expect.stringContaining('.daily_digest.'),
    });
    const titles = (written?.text ?? '').split('\n').flatMap((line) => /^- (.*?) \(Home\)/.exec(line)?.[1] ?? []);
    expect(titles).toEqual(
      ['Late', 'Yesterday', 'Soon', 'Today', 'New and due', 'Tomorrow noon', 'Tomorrow', 'New'].toSorted(
        (one, other) => titles.indexOf(one) - titles.indexOf(other),
      ),
    );
    expect(written?.text).toMatch(/Overdue\n- .*Late.*\n- .*Yesterday.*\n\nDue today\n/);
  });

  async function assigned(task: string, announced = false): Promise<void> {
    await database.query(
      `INSERT INTO notifications.assignment
         (task_id, user_id, workspace_id, version, assigner_kind, assigner_id, settled_at, mail_id)
       VALUES ($1, $2, $3, 1, 'user', 'x', now(), $4)`,
      [task, ADA, WORKSPACE, announced ? randomUUID() : null],
    );
    await database.query(
      `INSERT INTO notifications.digest (user_id, next_at, since) VALUES ($1, now(), now()) ON CONFLICT DO NOTHING`,
      [ADA],
    );
  }

  test('are not sent only for assignments that were mailed before, and list each assignment once', async () => {
    await assigned(await add({ title: 'Mailed' }), true);
    await makeDue();
    expect(await node.get(Digests).publishDue()).toBe(0);
    await assigned(await add({ title: 'Unmailed' }));
    expect(await node.get(Digests).publish(ADA, Date.now() + DAY_MS)).toBe(true);
    expect((await mail(noonDate(1)))?.subject).toBe('Your tasks: 1 newly assigned');
    expect(await node.get(Digests).publish(ADA, Date.now() + 2 * DAY_MS)).toBe(false);
  });

  test('list twenty tasks of a section, and count all', async () => {
    for (let index = 0; index < 23; index += 1) await add({ title: `Loaf ${index}`, due_on: noonDate(0) });
    const written = await mail();
    expect(written?.subject).toBe('Your tasks: 23 due today');
    expect(written?.text.match(/^- Loaf/gm)).toHaveLength(20);
    expect(written?.text).toContain('- and 3 more\n');
  });

  test('have only what still holds when they are sent, and are dropped after their day', async () => {
    const done = await add({ title: 'Done', due_on: noonDate(0) });
    await add({ title: 'Stays', due_on: noonDate(0) });
    Object.assign(world.tasks.get(done) ?? {}, { status: 'done' });
    expect((await mail())?.text).not.toContain('Done');
    expect(await mail(noonDate(0), () => Date.now() + DAY_MS)).toBeUndefined();
    world.members = [];
    expect(await mail()).toBeUndefined();
  });

  test('begin with the next time for a new user, and after a change of the time', async () => {
    await add({ due_on: noonDate(1) });
    expect(await node.get(Digests).publishDue()).toBe(0);
    await makeDue();
    await node.get(Preferences).update(CHANGE, { daily_digest_time: '06:15' });
    expect(await node.get(Digests).publishDue()).toBe(0);
    expect(await node.get(Digests).publish(ADA, Date.now() + DAY_MS)).toBe(true);
  });

  test('are not published or sent while they are turned off', async () => {
    await add({ due_on: noonDate(0) });
    await node.get(Preferences).update(CHANGE, { daily_digest: false });
    await makeDue();
    expect(await node.get(Digests).publishDue()).toBe(0);
    expect(await mail()).toBeUndefined();
    expect(await database.query(`SELECT 1 FROM notifications.digest WHERE next_at = 'infinity'`)).toHaveLength(1);
    await node.get(Preferences).update(CHANGE, { daily_digest: true });
    await makeDue();
    expect(await node.get(Digests).publishDue()).toBe(1);
  });

  test('wait while auth is unavailable, and end with the account', async () => {
    await add({ due_on: noonDate(0) });
    await makeDue();
    world.failure = new UnavailableError('No node runs auth.');
    expect(await node.get(Digests).publishDue()).toBe(0);
    world.failure = undefined;
    await makeDue();
    expect(await node.get(Digests).publishDue()).toBe(1);
    await node.get(AccountsConsumer).deleteUser({ id: randomUUID(), aggregate_id: ADA });
    expect(await database.query('SELECT 1 FROM notifications.digest')).toEqual([]);
    await node.get(Digests).addMissing();
    world.names.delete(ADA);
    await makeDue();
    expect(await node.get(Digests).publishDue()).toBe(0);
    expect(await database.query('SELECT 1 FROM notifications.digest')).toEqual([]);
  });

  test('are planned again when the user moves to another zone', async () => {
    await add({ due_on: noonDate(0) });
    await database.query(`UPDATE notifications.digest SET next_at = 'infinity'`);
    const zones = node.get(ZonesConsumer);
    await zones.replan({ aggregate_id: ADA, changed: ['name'] });
    const due = `SELECT 1 FROM notifications.digest WHERE next_at <= clock_timestamp()`;
    expect(await database.query(due)).toHaveLength(0);
    await zones.replan({ aggregate_id: ADA, changed: ['timezone'] });
    expect(await database.query(due)).toHaveLength(1);
  });
});
