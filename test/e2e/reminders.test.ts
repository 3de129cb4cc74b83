// Reminder mails through a real SMTP server.
import { randomUUID } from 'node:crypto';
import { createInstallation, TOPOLOGIES } from '../support/installation.ts';
import { NatsClient } from '../support/nats-client.ts';
import { startMailServer, type Mail } from '../support/mail-server.ts';
import { newAddress } from '../support/people.ts';
import { followLink, signUpPerson, type Person } from '../support/person.ts';
import { sharedInstallation, type SharedInstallation, type SharedServer } from '../support/shared-installation.ts';
import { messagesOf, unsettled } from '../support/streams.ts';
import { until } from '../support/until.ts';

interface Preferences {
  task_due_soon: boolean;
  task_due_soon_lead: string;
  version: number;
  updated_at: string | null;
}

const PREFERENCES = '/v1/me/notifications';
const HOUR_MS = 60 * 60 * 1_000;
const EAGER = { REMINDERS_INTERVAL_SECONDS: '1' };

function inHours(hours: number): string {
  return new Date(Date.now() + hours * HOUR_MS).toISOString();
}

/** @returns the task's path. */
async function makeTask({ api }: Person, task: object): Promise<string> {
  const { status, body } = await api.post<{ id: string }>('/v1/tasks', task);
  expect(status).toBe(201);
  return `/v1/tasks/${body.id}`;
}

describe.each(TOPOLOGIES)('reminders, %s', (topology) => {
  let installation: SharedInstallation;
  let mails: SharedInstallation['mails'];
  let server: SharedServer;
  let ada: Person;
  let bob: Person;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    ({ server, mails } = installation);
    [ada, bob] = await Promise.all([
      signUpPerson(server.url, mails, newAddress()),
      signUpPerson(server.url, mails, newAddress('bob'), 'Bob'),
    ]);
    await ada.api.post('/v1/invites', { email: bob.email, role: 'member' });
    const invite = await mails.mailTo(bob.email, /invites you/);
    await followLink(server.url, invite.link);
    for (const { api } of [ada, bob]) await api.patch(PREFERENCES, { task_due_soon: true });
  });

  async function remindersOf({ email }: Person): Promise<Mail[]> {
    return (await mails.received(email)).filter(({ subject }) => subject.startsWith('Due soon'));
  }

  /** Waits until all events so far are consumed and scanned, and their mails are sent. */
  async function allRemindersSent(): Promise<void> {
    const { nats } = installation;
    // Twice: events that were consumed together with the first mark are scanned before the second one.
    for (const mark of [randomUUID(), randomUUID()]) {
      await makeTask(bob, { title: mark, assignee_id: bob.id, due_at: inHours(1) });
      await mails.mailTo(bob.email, new RegExp(mark));
      await until(
        'all events of tasks are consumed',
        async () => (await unsettled(nats.url, 'EVENTS_TASKS', 'notifications-tasks')) === 0,
      );
    }
    await until('all reminders are sent', async () => (await waitingReminders()) === 0);
  }

  function waitingReminders(): Promise<number> {
    return unsettled(installation.nats.url, 'EVENTS_NOTIFICATIONS', 'notifications-task_due_soon');
  }

  /** The number of published reminders of these tasks. */
  async function remindersFor(ids: readonly string[]): Promise<number> {
    const events = await messagesOf(installation.nats.url, 'EVENTS_NOTIFICATIONS');
    return events.filter((event) => ids.some((id) => event.includes(id))).length;
  }

  test('are sent to the assignee once, in the time zone of the assignee', async () => {
    await ada.api.patch('/v1/me', { timezone: 'Asia/Kolkata' });
    const soon = await makeTask(ada, { title: 'Soon', assignee_id: ada.id, due_at: inHours(2) });
    await makeTask(ada, { title: 'Later', assignee_id: ada.id, due_at: inHours(30) });
    await makeTask(ada, { title: 'Overdue', assignee_id: ada.id, due_at: inHours(-1) });
    await makeTask(ada, { title: 'Nobody’s', due_at: inHours(2) });
    const { text } = await mails.mailTo(ada.email, /^Due soon: Soon$/);
    expect(text).toContain('Hello Ada,');
    expect(text).toMatch(/“Soon” in the list “Inbox” is due on .*\(Asia\/Kolkata, UTC\+05:30\)/);
    await ada.api.patch(soon, { title: 'Very soon' });
    await allRemindersSent();
    expect((await remindersOf(ada)).map(({ subject }) => subject)).toEqual(['Due soon: Soon']);
  });

  test('are dropped for a task that is done, deleted or reassigned meanwhile, and sent for a new date', async () => {
    const before = (await remindersOf(ada)).length;
    await mails.conductFor([ada.email, bob.email], 'defer');
    const make = (title: string) => makeTask(ada, { title, assignee_id: ada.id, due_at: inHours(3) });
    const tasks = [await make('Done'), await make('Deleted'), await make('Moved'), await make('Given away')];
    const ids = tasks.map((path) => path.slice('/v1/tasks/'.length));
    await until('four reminders are published', async () => (await remindersFor(ids)) === 4);
    const [done = '', deleted = '', moved = '', given = ''] = tasks;
    await ada.api.patch(done, { status: 'done' });
    await ada.api.delete(deleted);
    await ada.api.patch(moved, { due_at: inHours(4) });
    await ada.api.patch(given, { assignee_id: bob.id });
    // For the new date and the new assignee. The server defers all mails, so that only these two are pending in the end.
    await until('two more reminders are published', async () => (await remindersFor(ids)) === 6);
    await until('the old ones are dropped', async () => (await waitingReminders()) === 2);
    await mails.conductFor([ada.email, bob.email], 'take');
    await mails.mailTo(bob.email, /^Due soon: Given away$/);
    await allRemindersSent();
    expect((await remindersOf(ada)).slice(before).map(({ subject }) => subject)).toEqual(['Due soon: Moved']);
  });

  test('follow the preferences of the user', async () => {
    const before = (await remindersOf(ada)).length;
    const first = await ada.api.get<Preferences>(PREFERENCES);
    expect(first.body).toEqual({
      daily_digest: true,
      daily_digest_time: '08:00',
      task_due_soon: true,
      task_due_soon_lead: 'PT24H',
      task_assigned: true,
      timer_forgotten: true,
      version: 2,
      updated_at: expect.any(String),
    });
    expect(first.headers.get('etag')).toBe('"2"');
    const off = await ada.api.patch<Preferences>(PREFERENCES, { task_due_soon: false }, { 'if-match': '"2"' });
    expect([off.status, off.body.version, off.headers.get('etag')]).toEqual([200, 3, '"3"']);
    const late = await ada.api.patch(PREFERENCES, { task_due_soon: true }, { 'if-match': '"2"' });
    expect(late).toMatchObject({ status: 412, body: { error: { code: 'version_conflict' } } });
    await makeTask(ada, { title: 'Unwanted', assignee_id: ada.id, due_at: inHours(1) });
    await allRemindersSent();
    expect(await remindersOf(ada)).toHaveLength(before);
    await ada.api.patch(PREFERENCES, { task_due_soon: true, task_due_soon_lead: 'PT30M' });
    await makeTask(ada, { title: 'Within', assignee_id: ada.id, due_at: inHours(0.4) });
    await allRemindersSent();
    expect((await remindersOf(ada)).slice(before).map(({ subject }) => subject)).toEqual(['Due soon: Within']);
    await ada.api.patch(PREFERENCES, { task_due_soon_lead: 'PT2H' });
    await mails.mailTo(ada.email, /^Due soon: Unwanted$/);
    expect((await ada.api.get(PREFERENCES, { 'if-none-match': '"5"' })).status).toBe(304);
  });

  test.each([
    [{}, 'empty_update', 'body'],
    [{ task_due_soon: 'yes' }, 'validation_error', 'task_due_soon'],
    [{ daily_digest_time: '24:00' }, 'validation_error', 'daily_digest_time'],
    [{ daily_digest_time: '8:00' }, 'validation_error', 'daily_digest_time'],
    [{ daily_digest: null }, 'validation_error', 'daily_digest'],
    [{ task_due_soon_lead: 'P2M' }, 'validation_error', 'task_due_soon_lead'],
    [{ task_due_soon_lead: 'PT0S' }, 'validation_error', 'task_due_soon_lead'],
    [{ task_due_soon_lead: null }, 'validation_error', 'task_due_soon_lead'],
    [{ version: 7 }, 'read_only_field', 'version'],
    [{ task_due_late: true }, 'unknown_field', 'task_due_late'],
  ])('returns 422 for the preferences %j: %s', async (patch, code, field) => {
    const before = await bob.api.get(PREFERENCES);
    const { status, body } = await bob.api.patch<{ error: { code: string; details: object[] } }>(PREFERENCES, patch);
    expect([status, body.error.code]).toEqual([422, code]);
    expect(body.error.details[0]).toMatchObject({ field });
    expect((await bob.api.get(PREFERENCES)).body).toEqual(before.body);
  });

  test('serves preferences over NATS to users only', async () => {
    const client = await NatsClient.connect(installation.nats.url, bob.token);
    const machine = await NatsClient.connect(installation.nats.url, installation.key);
    try {
      const read = await client.call<Preferences>('api.notifications.get_preferences');
      expect([read.status, read.header('ETag'), read.body.task_due_soon]).toEqual([200, '"2"', true]);
      const patch = { task_due_soon_lead: 'PT26H' };
      const change = () => client.call('api.notifications.update_preferences', { patch }, { 'If-Match': '"2"' });
      expect(await change()).toMatchObject({ status: 200, body: { version: 3, task_due_soon_lead: 'PT26H' } });
      expect((await change()).status).toBe(412);
      expect((await bob.api.get(PREFERENCES)).body).toMatchObject(patch);
      expect((await machine.call('api.notifications.get_preferences')).status).toBe(403);
      expect((await server.api.get(PREFERENCES)).status).toBe(403);
    } finally {
      await client.close();
      await machine.close();
    }
  });

  test('are not sent to a former member, neither pending ones nor those of changed tasks', async () => {
    await mails.conductFor([ada.email, bob.email], 'defer');
    const waiting = await makeTask(ada, { title: 'Waiting merger', assignee_id: bob.id, due_at: inHours(2) });
    const later = await makeTask(ada, { title: 'Harmless', assignee_id: bob.id, due_at: inHours(100) });
    await until(
      'the reminder is published',
      async () => (await remindersFor([waiting.slice('/v1/tasks/'.length)])) === 1,
    );
    expect((await ada.api.delete(`/v1/members/${bob.id}`)).status).toBe(204);
    const taskAt = async (path: string) =>
      (await ada.api.get<{ assignee_id: string | null; version: number }>(path)).body;
    for (const path of [waiting, later]) {
      await until('the task is unassigned', async () => (await taskAt(path)).assignee_id === null);
      expect(await taskAt(path)).toMatchObject({ version: 2 });
    }
    await ada.api.patch(later, { title: 'Secret merger', due_at: inHours(1) });
    expect((await ada.api.patch(later, { assignee_id: bob.id })).status).toBe(422);
    await mails.conductFor([ada.email, bob.email], 'take');
    await allRemindersSent();
    expect((await remindersOf(bob)).filter(({ subject }) => subject.includes('merger'))).toEqual([]);
  });
});

test('another node sends the reminder with the same Message-ID after a kill -9 during the send', async () => {
  const mails = await startMailServer();
  const installation = await createInstallation();
  try {
    const env = { ...mails.env, ...EAGER };
    const server = await installation.startServer({ env: { ...env, MODULES: 'auth,tasks' } });
    const sender = await installation.startServer({ env: { ...env, MODULES: 'notifications' } });
    const ada = await signUpPerson(server.url, mails, 'ada@example.com');
    await ada.api.patch(PREFERENCES, { task_due_soon: true });
    await mails.conduct('swallow');
    await makeTask(ada, { title: 'Soon', assignee_id: ada.id, due_at: inHours(2) });
    const reminders = async () => (await mails.received()).filter(({ subject }) => subject === 'Due soon: Soon');
    await until('the mail server has received it', async () => (await reminders()).length === 1);
    await sender.kill('SIGKILL');
    await mails.conduct('take');
    const others = [1, 2].map(() => installation.startServer({ env: { ...env, MODULES: 'notifications' } }));
    await Promise.all(others);
    const waits = () => unsettled(installation.nats.url, 'EVENTS_NOTIFICATIONS', 'notifications-task_due_soon');
    await until('it is sent again', async () => (await waits()) === 0);
    const ids = (await reminders()).map(({ messageId }) => messageId);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  } finally {
    await installation.end();
    await mails.stop();
  }
});
