// Reminders on a real PostgreSQL: each is published once, also with concurrent changes and nodes.
import { randomUUID } from 'node:crypto';
import { Test, type TestingModule } from '@nestjs/testing';
import { Bus } from '@mono/bus';
import { OutboxSignal } from '@mono/bus/outbox';
import { NotFoundError, UnavailableError, type CallContext } from '@mono/contract';
import {
  installZoneData,
  migrate,
  openDatabase,
  type Database,
  type Executor,
  type Statement,
  type TransactionalExecutor,
} from '@mono/platform';
import { nodeForTests, writeZoneDirectory, zoneTables, type ZoneDirectory } from '@mono/platform/testing';
import { icuZones, useZoneData, type ZoneTable } from '@mono/contract/zones';
import { tasksResources, type Task } from '@mono/tasks/contract';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.ts';
import { until } from '../../../../test/support/until.ts';
import { membersOperations } from '@mono/auth/contract';
import { reminderId } from '../domain/reminder.js';
import { People } from '../mails/people.js';
import { dueSoonMail } from '../mails/reminder-mails.js';
import { notificationsFeature } from '../../feature.js';
import { NotificationsModule } from '../../module.js';
import { findCurrentReminder, type DueReminder } from '../persistence/reminders.js';
import { PreferencesController } from '../preferences/preferences.controller.js';
import { Preferences } from '../preferences/preferences.js';
import { UnsubscribeLinks } from '../unsubscribe/unsubscribe-links.js';
import { AccountsConsumer } from './accounts.consumer.js';
import { publishDueReminders, Reminders } from './reminders.js';
import { TasksConsumer, type FollowedEvent } from './tasks.consumer.js';

const WORKSPACE = randomUUID();
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function inMs(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}

function changesOf(facts: object): FollowedEvent['changes'] {
  return Object.fromEntries(Object.entries(facts).map(([field, to]) => [field, { from: null, to: to as unknown }]));
}

function contextOf(userId: string, more: Partial<CallContext> = {}): CallContext {
  return { principal: { kind: 'user', id: userId, workspaceId: WORKSPACE, scopes: [] }, requestId: 'test', ...more };
}

/** A stub of the tasks module. */
class Tasks {
  readonly known = new Map<string, Partial<Task>>();
  requests = 0;

  /** The list of all tasks. */
  list = { id: '', title: '' };

  async request(contract: unknown, { id, ids }: { id: string; ids: string[] }): Promise<never> {
    if (contract === tasksResources.taskResources) {
      return { items: ids.map((task) => ({ id: task, list_id: this.list.id })) } as never;
    }
    if (contract === tasksResources.listResources) return { items: [this.list] } as never;
    this.requests += 1;
    const task = this.known.get(id);
    if (!task) throw new NotFoundError('task', id);
    return task as never;
  }
}

/** A database that blocks statements that contain a text until `release` is called. */
class Held implements TransactionalExecutor {
  readonly reached: Promise<void>;
  release: () => void = () => {};
  private arrive: () => void = () => {};
  private readonly released: Promise<void>;

  constructor(
    private readonly inner: Database,
    private readonly what: string,
  ) {
    const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    this.reached = reached.promise;
    this.arrive = reached.resolve;
    this.released = released.promise;
    this.release = released.resolve;
  }

  query<Row extends object>(statement: Statement | string, values?: readonly unknown[]): Promise<Row[]> {
    return this.inner.query<Row>(statement, values);
  }

  afterCommit(work: () => void): void {
    work();
  }

  transaction<T>(work: (on: Executor) => Promise<T>): Promise<T> {
    return this.inner.transaction((on) =>
      work({
        afterCommit: (then) => on.afterCommit(then),
        query: async (statement, values) => {
          if (JSON.stringify(statement).includes(this.what)) {
            this.arrive();
            await this.released;
          }
          return on.query(statement, values);
        },
      }),
    );
  }
}

function answer(value: object): Promise<object> {
  return value instanceof Error ? Promise.reject(value) : Promise.resolve(value);
}

/** A stub of auth with these members and this contact. */
function peopleWith(members: string[] | Error, contact: object | Error): People {
  const request = (contract: object, requests: object): Promise<object> => {
    if (contract !== membersOperations.membersAmong) return answer(contact);
    expect(requests).toMatchObject({ workspace_id: WORKSPACE });
    return answer(members instanceof Error ? members : { user_ids: members });
  };
  return new People({ request: request as never });
}

const directories: ZoneDirectory[] = [];

/** Installs zone data with this offset of Havana from UTC, in hours. */
function useHavana(release: string, hours: number): void {
  const havana: ZoneTable = { first: hours * 3600, instants: [], offsets: [], footer: `<-0${-hours}>${-hours}` };
  const directory = writeZoneDirectory(release, { ...zoneTables(true), 'America/Havana': havana });
  directories.push(directory);
  installZoneData({ directory: directory.path, onFault: () => undefined });
}

/** @param tasks answers requests. */
function moduleOn(database: Database, tasks: Tasks = new Tasks()): Promise<TestingModule> {
  return Test.createTestingModule({
    imports: [nodeForTests({ databases: { notifications: database } }), NotificationsModule],
  })
    .overrideProvider(Bus)
    .useValue(tasks)
    .compile();
}

describe('reminders', () => {
  let place: TestDatabase;
  let database: Database;
  let tasks: Tasks;
  let module: TestingModule;
  let following: TasksConsumer;
  let preferences: PreferencesController;
  let signal: OutboxSignal;

  beforeAll(async () => {
    place = await createTestDatabase();
    database = await openDatabase({
      module: 'notifications',
      url: place.url,
      poolSize: 10,
      statementTimeoutMs: 10_000,
      migrations: notificationsFeature.migrations,
    });
    await migrate(database, 'notifications');
  });
  beforeEach(async () => {
    await database.query(
      'TRUNCATE notifications.task, notifications.reminder, notifications.outbox, notifications.inbox, notifications.preference',
    );
    tasks = new Tasks();
    module = await moduleOn(database, tasks);
    following = module.get(TasksConsumer);
    preferences = module.get(PreferencesController);
    signal = module.get(OutboxSignal, { strict: false });
  });
  afterEach(() => {
    useZoneData(icuZones());
    for (const directory of directories.splice(0)) directory.remove();
  });
  afterAll(async () => {
    await database?.dataSource.destroy();
    await place?.drop();
  });

  /** Resolves once a transaction waits for a lock, or the work is done. */
  async function blockedOrDone(work: Promise<unknown>): Promise<void> {
    let over = false;
    const end = (): void => void (over = true);
    work.then(end, end);
    await until('the work is blocked or done', async () => {
      const waiting = await database.query(
        `SELECT 1 FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      return over || waiting.length > 0;
    });
  }

  function consume(
    taskId: string,
    version: number,
    facts: object,
    event: FollowedEvent['event'] = 'updated',
  ): Promise<void> {
    return following[event === 'restored' ? 'followRestored' : 'follow']({
      id: randomUUID(),
      event,
      aggregate_id: taskId,
      version,
      workspace_id: WORKSPACE,
      request_id: 'test',
      changes: changesOf(facts),
    });
  }

  async function created(facts: object): Promise<string> {
    const id = randomUUID();
    await consume(id, 1, { title: 'Bake', status: 'todo', ...facts }, 'created');
    return id;
  }

  /** @returns a user who wants reminders. */
  async function reminded(): Promise<string> {
    const user = randomUUID();
    await database.query(
      `INSERT INTO notifications.preference (user_id, task_due_soon, task_due_soon_lead_minutes, version, updated_at)
       VALUES ($1, true, 1440, 1, now())`,
      [user],
    );
    return user;
  }

  async function published(): Promise<{ task_id: string; user_id: string; due_at: string; id: string }[]> {
    const rows = await database.query<{ event_id: string; payload: DueReminder & { due_at: string } }>(
      `SELECT event_id, payload FROM notifications.outbox WHERE subject LIKE '%task_due_soon' ORDER BY seq`,
    );
    return rows.map(({ event_id, payload: { task_id, user_id, due_at } }) => ({
      id: event_id,
      task_id,
      user_id,
      due_at,
    }));
  }

  test('are not published by default, since the digest names what is due', async () => {
    await created({ assignee_id: randomUUID(), due_at: inMs(HOUR_MS) });
    expect(await publishDueReminders(database, signal)).toBe(0);
  });

  test('are published once, a day before unless set otherwise, and not for later or past due dates', async () => {
    const user = await reminded();
    const due = inMs(23 * HOUR_MS);
    const task = await created({ assignee_id: user, due_at: due });
    await created({ assignee_id: user, due_at: inMs(25 * HOUR_MS) });
    await created({ assignee_id: user, due_at: inMs(-HOUR_MS) });
    await created({ assignee_id: null, due_at: due });
    await created({ assignee_id: user });
    expect([await publishDueReminders(database, signal), await publishDueReminders(database, signal)]).toEqual([1, 0]);
    expect(await published()).toEqual([{ id: reminderId(task, due, user), task_id: task, user_id: user, due_at: due }]);
  });

  test('are published once among concurrent nodes, also in several batches', async () => {
    const user = await reminded();
    const all = await Promise.all(
      Array.from({ length: 60 }, () => created({ assignee_id: user, due_at: inMs(HOUR_MS) })),
    );
    const rounds = await Promise.all(Array.from({ length: 5 }, () => publishDueReminders(database, signal, 7)));
    expect(rounds.reduce((sum, one) => sum + one, 0) + (await publishDueReminders(database, signal))).toBe(all.length);
    expect((await published()).map(({ task_id }) => task_id).toSorted()).toEqual(all.toSorted());
  });

  test('are published again for a new due date and a new assignee only', async () => {
    const [first, second] = [await reminded(), await reminded()];
    const [due, later] = [inMs(HOUR_MS), inMs(2 * HOUR_MS)];
    const task = await created({ assignee_id: first, due_at: due });
    await publishDueReminders(database, signal);
    const versions = [{ due_at: later }, { due_at: due }, { assignee_id: second }, { title: 'Bake bread' }];
    for (const [index, facts] of versions.entries()) {
      await consume(task, index + 2, facts);
      await publishDueReminders(database, signal);
    }
    expect((await published()).map(({ user_id, due_at }) => [user_id, due_at])).toEqual([
      [first, due],
      [first, later],
      [second, due],
    ]);
  });

  test.each<[string, object, FollowedEvent['event']]>([
    ['done', { status: 'done' }, 'completed'],
    ['cancelled', { status: 'cancelled' }, 'status_changed'],
    ['archived', { status: 'archived' }, 'status_changed'],
    ['deleted', {}, 'deleted'],
    ['due later', { due_at: inMs(100 * HOUR_MS) }, 'updated'],
    ['unassigned', { assignee_id: null }, 'updated'],
    ['reassigned', { assignee_id: randomUUID(), due_at: inMs(100 * HOUR_MS) }, 'updated'],
  ])('are dropped for a task that becomes %s, before and after publishing', async (_what, facts, event) => {
    const user = await reminded();
    const due = inMs(HOUR_MS);
    const [before, after] = [
      await created({ assignee_id: user, due_at: due }),
      await created({ assignee_id: user, due_at: due }),
    ];
    await consume(before, 2, facts, event);
    await publishDueReminders(database, signal);
    const reminders = await published();
    expect(reminders.map(({ task_id }) => task_id)).toEqual([after]);
    const [reminder] = reminders;
    if (!reminder) throw new Error('There is no reminder.');
    expect(await findCurrentReminder(database, reminder)).toMatchObject({ title: 'Bake' });
    await consume(after, 2, facts, event);
    expect(await findCurrentReminder(database, reminder)).toBeUndefined();
  });

  test('of a task in the trash wait until it is restored, and are published once', async () => {
    const user = await reminded();
    const facts = { title: 'Bake', status: 'todo', assignee_id: user, due_at: inMs(HOUR_MS) };
    const [before, after] = [await created(facts), await created(facts)];
    await consume(before, 2, {}, 'deleted');
    await publishDueReminders(database, signal);
    expect((await published()).map(({ task_id }) => task_id)).toEqual([after]);
    await consume(after, 2, {}, 'deleted');
    for (const task of [before, after]) await consume(task, 3, facts, 'restored');
    await publishDueReminders(database, signal);
    const reminders = await published();
    expect(reminders.map(({ task_id }) => task_id)).toEqual([after, before]);
    for (const reminder of reminders) expect(await findCurrentReminder(database, reminder)).toBeDefined();
    expect(tasks.requests).toBe(0);
  });

  test('follow changed preferences, also for known tasks', async () => {
    const user = await reminded();
    await created({ assignee_id: user, due_at: inMs(30 * MINUTE_MS) });
    await created({ assignee_id: user, due_at: inMs(3 * HOUR_MS) });
    await created({ assignee_id: user, due_at: inMs(47 * HOUR_MS) });
    await preferences.updatePreferences({ patch: { task_due_soon: false } }, contextOf(user));
    expect(await publishDueReminders(database, signal)).toBe(0);
    await created({ assignee_id: user, due_at: inMs(30 * MINUTE_MS) });
    expect(await publishDueReminders(database, signal)).toBe(0);
    await preferences.updatePreferences(
      { patch: { task_due_soon: true, task_due_soon_lead: 'PT1H' } },
      contextOf(user),
    );
    expect(await publishDueReminders(database, signal)).toBe(2);
    await preferences.updatePreferences({ patch: { task_due_soon_lead: 'P2D' } }, contextOf(user));
    expect(await publishDueReminders(database, signal)).toBe(2);
    expect(await publishDueReminders(database, signal)).toBe(0);
  });

  test('are dropped if the user turns them off after publishing', async () => {
    const user = await reminded();
    await created({ assignee_id: user, due_at: inMs(HOUR_MS) });
    await publishDueReminders(database, signal);
    const [reminder] = await published();
    if (!reminder) throw new Error('There is no reminder.');
    await preferences.updatePreferences({ patch: { task_due_soon: false } }, contextOf(user));
    expect(await findCurrentReminder(database, reminder)).toBeUndefined();
  });

  test('respect a preference that changes while a task event is applied', async () => {
    const user = await reminded();
    const slow = new Held(database, 'notifications.save_task');
    following = new TasksConsumer(slow, tasks as never);
    const coming = created({ assignee_id: user, due_at: inMs(HOUR_MS) });
    await slow.reached;
    const changing = preferences.updatePreferences({ patch: { task_due_soon: false } }, contextOf(user));
    await blockedOrDone(changing);
    slow.release();
    await Promise.all([coming, changing]);
    expect(await publishDueReminders(database, signal)).toBe(0);
  });

  test('respect a task that changes while the preference changes', async () => {
    const user = await reminded();
    const task = await created({ assignee_id: user, due_at: inMs(HOUR_MS) });
    const slow = new Held(database, 'FOR UPDATE');
    const changing = new PreferencesController(new Preferences(slow, signal)).updatePreferences(
      { patch: { task_due_soon: false } },
      contextOf(user),
    );
    await slow.reached;
    const coming = consume(task, 2, { due_at: inMs(2 * HOUR_MS) });
    await blockedOrDone(coming);
    slow.release();
    await Promise.all([coming, changing]);
    expect(await publishDueReminders(database, signal)).toBe(0);
  });

  test('use the tasks module for a task that is older than the stream', async () => {
    const [task, user] = [randomUUID(), await reminded()];
    const due = inMs(HOUR_MS);
    const facts = {
      title: 'Old',
      status: 'todo',
      assignee_id: user,
      due_at: due,
      due_on: null,
      timezone: null,
    } as const;
    tasks.known.set(task, { ...facts, version: 7 });
    await consume(task, 7, { due_at: due });
    await consume(task, 6, { title: 'Older' });
    expect(tasks.requests).toBe(1);
    expect(await publishDueReminders(database, signal)).toBe(1);
    expect(await findCurrentReminder(database, { task_id: task, user_id: user, due_at: due })).toMatchObject({
      title: 'Old',
    });
  });

  test('are not published for a task that no longer exists', async () => {
    const task = randomUUID();
    await consume(task, 7, { due_at: inMs(HOUR_MS), assignee_id: randomUUID(), status: 'todo', title: 'Gone' });
    expect([tasks.requests, await publishDueReminders(database, signal)]).toEqual([1, 0]);
  });

  test('a redelivered event has no second effect', async () => {
    const task = await created({ assignee_id: randomUUID(), due_at: inMs(HOUR_MS) });
    const event = {
      id: randomUUID(),
      event: 'updated',
      aggregate_id: task,
      version: 2,
      workspace_id: WORKSPACE,
    } as const;
    for (const title of ['First', 'Second']) {
      await following.follow({ ...event, request_id: 'test', changes: changesOf({ title }) });
    }
    expect(await database.query('SELECT title FROM notifications.task')).toEqual([{ title: 'First' }]);
  });

  test('are mailed to members only, and wait while auth is unavailable', async () => {
    const user = await reminded();
    const due = inMs(HOUR_MS);
    const task = await created({ assignee_id: user, due_at: due });
    await publishDueReminders(database, signal);
    tasks.list = { id: randomUUID(), title: 'Home' };
    const write = dueSoonMail({ database, bus: tasks as never, links: module.get(UnsubscribeLinks) });
    const event = { task_id: task, user_id: user, due_at: due, workspace_id: WORKSPACE, request_id: 'test' };
    const ada = { address: 'ada@example.com', name: null, timezone: 'UTC' };
    const mail = (members: string[] | Error, contact: object | Error = ada) =>
      write(event, peopleWith(members, contact));
    expect(await mail([user])).toMatchObject({
      to: 'ada@example.com',
      subject: 'Due soon: Bake',
      text: expect.stringContaining('Your task “Bake” in the list “Home” is due on '),
      unsubscribe: expect.stringMatching(
        /^http:\/\/mono\.test\/unsubscribe\?token=[\w-]{43}\.task_due_soon\.[\w-]{43}$/,
      ),
    });
    expect(await mail([])).toBeUndefined();
    expect(await mail([user], new NotFoundError('user', user))).toBeUndefined();
    const unavailable = new UnavailableError('No node runs auth.');
    await expect(mail(unavailable)).rejects.toBe(unavailable);
    await expect(mail([user], unavailable)).rejects.toBe(unavailable);
  });

  test('and preferences are deleted with the account', async () => {
    const user = await reminded();
    await created({ assignee_id: user, due_at: inMs(HOUR_MS) });
    await publishDueReminders(database, signal);
    await created({ assignee_id: user, due_at: inMs(2 * HOUR_MS) });
    await preferences.updatePreferences({ patch: { task_due_soon_lead: 'PT3H' } }, contextOf(user));
    await module.get(AccountsConsumer).deleteUser({ id: randomUUID(), aggregate_id: user });
    expect(await publishDueReminders(database, signal)).toBe(0);
    expect(await preferences.getPreferences(undefined, contextOf(user))).toMatchObject({
      version: 1,
      task_due_soon_lead: 'PT24H',
    });
    expect(await database.query('SELECT 1 FROM notifications.reminder')).toEqual([]);
  });

  test('of a day move to 08:00 by the new rules of its zone', async () => {
    const day = inMs(20 * 24 * HOUR_MS).slice(0, 10);
    const rows = (): Promise<object[]> =>
      database.query('SELECT task_id, due_instant, remind_at FROM notifications.task ORDER BY task_id');
    useHavana('2098a', -5);
    const task = await created({ assignee_id: await reminded(), due_on: day, timezone: 'America/Havana' });
    await module.get(Reminders).followZoneData();
    const next = new Date(Date.parse(day) + 24 * HOUR_MS).toISOString().slice(0, 10);
    expect(await rows()).toEqual([
      { task_id: task, due_instant: `${next}T04:59:59.999Z`, remind_at: `${day}T13:00:00.000Z` },
    ]);
    useHavana('2098b', -4);
    const other = await moduleOn(database);
    await Promise.all([module, other].map((node) => node.get(Reminders).followZoneData()));
    expect(await rows()).toEqual([
      { task_id: task, due_instant: `${next}T03:59:59.999Z`, remind_at: `${day}T12:00:00.000Z` },
    ]);
  });

  test('are found by an index of pending reminders only', async () => {
    await database.query(
      `INSERT INTO notifications.task (task_id, workspace_id, seen, remind_at)
       SELECT gen_random_uuid(), gen_random_uuid(), '{}', CASE WHEN n % 100 = 0 THEN now() + interval '1 day' END
       FROM generate_series(1, 20000) n`,
    );
    await database.query('ANALYZE notifications.task');
    const [plan] = await database.query<{ 'QUERY PLAN': unknown }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT task_id FROM notifications.task
       WHERE remind_at <= clock_timestamp() ORDER BY remind_at LIMIT 200 FOR UPDATE SKIP LOCKED`,
    );
    expect(JSON.stringify(plan)).toContain('task_to_remind');
    expect(JSON.stringify(plan)).not.toContain('Seq Scan');
  });
});

describe('preferences', () => {
  let place: TestDatabase;
  let database: Database;
  let preferences: PreferencesController;

  beforeAll(async () => {
    place = await createTestDatabase();
    const { migrations } = notificationsFeature;
    const options = { module: 'notifications', url: place.url, poolSize: 10, statementTimeoutMs: 10_000, migrations };
    database = await openDatabase(options);
    await migrate(database, 'notifications');
    preferences = (await moduleOn(database)).get(PreferencesController);
  });
  afterAll(async () => {
    await database?.dataSource.destroy();
    await place?.drop();
  });

  test('are the defaults as version 1 until a change', async () => {
    const context = contextOf(randomUUID());
    const defaults = {
      daily_digest: true,
      daily_digest_time: '08:00',
      task_due_soon: false,
      task_due_soon_lead: 'PT24H',
      task_assigned: true,
      timer_forgotten: true,
    };
    const first = { ...defaults, version: 1, updated_at: null };
    expect(await preferences.getPreferences(undefined, context)).toEqual(first);
    const same = { task_due_soon: false, task_due_soon_lead: 'P1D' };
    expect(await preferences.updatePreferences({ patch: same }, context)).toEqual(first);
    const changed = await preferences.updatePreferences({ patch: { task_due_soon_lead: 'PT90M' } }, context);
    expect(changed).toMatchObject({ task_due_soon: false, task_due_soon_lead: 'PT1H30M', version: 2 });
    expect(await preferences.getPreferences(undefined, context)).toEqual(changed);
  });

  test('a change writes one event with old and new values', async () => {
    const user = randomUUID();
    await preferences.updatePreferences({ patch: { task_due_soon: true } }, contextOf(user));
    const events = await database.query('SELECT version, payload FROM notifications.outbox WHERE aggregate_id = $1', [
      user,
    ]);
    expect(events).toMatchObject([
      { version: 2, payload: { event: 'preferences_updated', changes: { task_due_soon: { from: false, to: true } } } },
    ]);
  });

  test('one of several concurrent changes of a version succeeds', async () => {
    const user = randomUUID();
    const change = (lead: string) =>
      preferences.updatePreferences({ patch: { task_due_soon_lead: lead } }, contextOf(user, { expectedVersion: 1 }));
    const outcomes = await Promise.allSettled(['PT1H', 'PT2H', 'PT3H'].map(change));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'version_conflict' },
    });
  });

  test.each(['api_key', 'system'] as const)('return forbidden for a principal of the kind %s', async (kind) => {
    const context = contextOf(randomUUID());
    const other = { ...context, principal: { ...context.principal, kind } };
    await expect(preferences.getPreferences(undefined, other)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(preferences.updatePreferences({ patch: { task_due_soon: false } }, other)).rejects.toThrow(
      'signed-in user',
    );
  });
});
