// Time tracking: status history, timers, entries, reports, and the rebuild of the history.
import { join, resolve } from 'node:path';
import { Temporal } from 'temporal-polyfill';
import { Client } from 'pg';
import type { Task } from '@mono/tasks/contract';
import type {
  EntryPage,
  HistoryPage,
  PeriodLock,
  RunningTimer,
  SwitchedTimer,
  TaskTime,
  TimeEntry,
  TimeFlow,
  TimeReport,
  TimeSettings,
} from '@mono/time-tracking/contract';
import type { Answer, ErrorBody } from '../support/api-client.ts';
import { startChild } from '../support/child.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { NatsClient } from '../support/nats-client.ts';
import { newAddress } from '../support/people.ts';
import { signUpPerson, type Person } from '../support/person.ts';
import { sharedInstallation, type SharedInstallation, type SharedServer } from '../support/shared-installation.ts';
import { messagesOf, unsettled, untilPublished } from '../support/streams.ts';
import { until } from '../support/until.ts';

const COMMAND_LINE = resolve(import.meta.dirname, '../../apps/cli/dist/main.js');
const DAY_MS = 24 * 60 * 60 * 1_000;
const ENTRIES = '/v1/time/entries';
const TIMER = '/v1/time/timer';

const day = (offset: number): string => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10);
const ms = (duration: string): number => Temporal.Duration.from(duration).total('milliseconds');
const sum = (durations: readonly string[]): number => durations.reduce((total, one) => total + ms(one), 0);
const codeOf = ({ status, body }: Answer): unknown[] => [status, (body as ErrorBody).error?.code];

/** Parses CSV without quotes, which these tests do not need. */
function rowsOf(csv: string): Record<string, string>[] {
  const [head = '', ...lines] = csv.split('\r\n').filter((line) => line !== '');
  const names = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, place) => [name, cells[place] ?? '']));
  });
}

describe.each(TOPOLOGIES)('time tracking, %s', (topology) => {
  let installation: SharedInstallation;
  let mails: SharedInstallation['mails'];
  let server: SharedServer;
  let database: Client;
  let ada: Person;
  /** The workspace of Ada. */
  let workspace: string;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    ({ server, mails } = installation);
    database = new Client({ connectionString: installation.database.url });
    await database.connect();
    ada = await signUpPerson(server.url, mails, newAddress());
    const workspaces = await ada.api.get<{ items: { id: string }[] }>('/v1/workspaces');
    workspace = workspaces.body.items[0]?.id ?? '';
  });
  afterAll(() => database?.end());

  async function makeTask(more: object = {}): Promise<Task> {
    const { status, body } = await ada.api.post<Task>('/v1/tasks', { title: 'Water the plants', ...more });
    expect(status).toBe(201);
    return body;
  }

  async function move({ id }: Pick<Task, 'id'>, ...statuses: readonly string[]): Promise<void> {
    for (const status of statuses) expect((await ada.api.patch(`/v1/tasks/${id}`, { status })).status).toBe(200);
  }

  async function enter(more: object): Promise<TimeEntry> {
    const { status, body } = await ada.api.post<TimeEntry>(ENTRIES, more);
    expect([status, body]).toEqual([201, body]);
    return body;
  }

  /** Waits until the task has so many transitions. */
  async function historyOf({ id }: Pick<Task, 'id'>, count: number): Promise<HistoryPage['items']> {
    return until(`${count} transitions`, async () => {
      const { items } = (await ada.api.get<HistoryPage>(`/v1/time/history?task_id=${id}`)).body;
      return items.length >= count && items;
    });
  }

  async function timeOf({ id }: Pick<Task, 'id'>): Promise<TaskTime> {
    return (await ada.api.get<TaskTime>(`/v1/tasks/${id}/time`)).body;
  }

  /** Waits until the task shows the time of its closed spans. */
  async function showsItsTime(task: Pick<Task, 'id'>, spans: number): Promise<TaskTime> {
    return until(`the time of ${spans} spans`, async () => {
      const time = await timeOf(task);
      const shown = (await ada.api.get<Task>(`/v1/tasks/${task.id}`)).body.actual_duration;
      return time.spans.length === spans && shown === time.worked && time;
    });
  }

  test('the history contains each change of status, and the task shows its time', async () => {
    const task = await makeTask({ estimated_duration: 'PT1H' });
    await move(task, 'in_progress', 'blocked', 'in_progress', 'done');
    const history = await historyOf(task, 5);
    expect(history.map(({ from, to, version }) => [from, to, version])).toEqual([
      [null, 'todo', 1],
      ['todo', 'in_progress', 2],
      ['in_progress', 'blocked', 3],
      ['blocked', 'in_progress', 4],
      ['in_progress', 'done', 5],
    ]);
    for (const { actor } of history) expect(actor).toEqual({ kind: 'user', name: 'Ada', id: ada.id });
    expect(history.map(({ at }) => at)).toEqual(history.map(({ at }) => at).toSorted());
    const { body } = await ada.api.get<HistoryPage>(`/v1/tasks/${task.id}/history?limit=2&order_dir=desc&count=exact`);
    expect(body).toMatchObject({ items: [history[4], history[3]], page: { total: 5 } });
    const time = await showsItsTime(task, 2);
    expect(time.spans.map(({ started_at, ended_at }) => [started_at, ended_at])).toEqual([
      [history[1]?.at, history[2]?.at],
      [history[3]?.at, history[4]?.at],
    ]);
    expect(sum(time.spans.map(({ duration }) => duration))).toBe(ms(time.worked));
    expect(time).toMatchObject({ entered: 'PT0S', estimated: 'PT1H', entries: [] });
    const person = { kind: 'user', id: ada.id, name: expect.any(String) as string };
    expect(time.people).toEqual([{ person, worked: time.worked, entered: 'PT0S' }]);
  });

  test('an open span counts until now, but not yet on the task', async () => {
    const task = await makeTask();
    await move(task, 'in_progress');
    await historyOf(task, 2);
    const first = await timeOf(task);
    expect(first.spans).toMatchObject([{ ended_at: null }]);
    await until('it goes on', async () => ms((await timeOf(task)).worked) > ms(first.worked));
    expect((await ada.api.get<Task>(`/v1/tasks/${task.id}`)).body.actual_duration).toBeNull();
  });

  test('a deleted task keeps its history for those who may see it', async () => {
    const task = await makeTask();
    await move(task, 'done');
    expect((await ada.api.delete(`/v1/tasks/${task.id}`)).status).toBe(204);
    const history = await historyOf(task, 3);
    expect(history.at(-1)).toMatchObject({ from: 'done', to: null });
    for (const part of ['history', 'time'])
      expect(codeOf(await ada.api.get(`/v1/tasks/${task.id}/${part}`))).toEqual([404, 'task_not_found']);
    expect(codeOf(await server.api.get(`/v1/time/history?task_id=${task.id}`))).toEqual([404, 'task_not_found']);
  });

  test('a user starts, switches and stops one timer at a time', async () => {
    const [one, two] = [await makeTask(), await makeTask()];
    const key = { 'idempotency-key': `timer-${one.id}` };
    const started = await ada.api.post<TimeEntry>(`${TIMER}/start`, { task_id: one.id, tags: ['on site'] }, key);
    expect([started.status, started.body.ended_at, started.body.source]).toEqual([201, null, 'timer']);
    const again = await ada.api.post<TimeEntry>(`${TIMER}/start`, { task_id: one.id, tags: ['on site'] }, key);
    expect([again.headers.get('idempotent-replayed'), again.body]).toEqual(['true', started.body]);
    expect(codeOf(await ada.api.post(`${TIMER}/start`, {}))).toEqual([409, 'timer_running']);
    expect((await ada.api.get<RunningTimer>(TIMER)).body.entry?.id).toBe(started.body.id);
    const { body } = await ada.api.post<SwitchedTimer>(`${TIMER}/switch`, { task_id: two.id });
    expect(body.stopped).toMatchObject({ id: started.body.id, ended_at: body.started.started_at });
    const stopped = await ada.api.post<TimeEntry>(`${TIMER}/stop`, undefined);
    expect(stopped.body).toMatchObject({ id: body.started.id, task_id: two.id, ended_at: expect.any(String) });
    expect(codeOf(await ada.api.post(`${TIMER}/stop`, undefined))).toEqual([409, 'timer_not_running']);
    expect((await ada.api.get<RunningTimer>(TIMER)).body.entry).toBeNull();
    expect(codeOf(await server.api.post(`${TIMER}/start`, {}))).toEqual([403, 'forbidden']);
    const time = await timeOf(two);
    expect(time).toMatchObject({ worked: 'PT0S', entered: stopped.body.duration, entries: [{ id: body.started.id }] });
  });

  test('one of many concurrent starts succeeds', async () => {
    const starts = Array.from({ length: 20 }, () => ada.api.post(`${TIMER}/start`, {}));
    const statuses = (await Promise.all(starts)).map(({ status }) => status);
    // A busy node takes so many of one caller only, and refuses the rest.
    expect(statuses.filter((status) => status !== 409 && status !== 429)).toEqual([201]);
    expect((await ada.api.post(`${TIMER}/stop`, undefined)).status).toBe(200);
  });

  test('entries can be created, listed, updated and deleted', async () => {
    const task = await makeTask();
    const entry = await enter({
      task_id: task.id,
      started_at: '2025-06-02T09:00:00Z',
      duration: 'PT1H30M',
      note: 'Repotted the ferns',
      tags: ['on site'],
      billable: true,
    });
    expect(entry).toMatchObject({
      user_id: ada.id,
      ended_at: '2025-06-02T10:30:00.000Z',
      source: 'manual',
      version: 1,
    });
    const path = `${ENTRIES}/${entry.id}`;
    const read = await ada.api.get<TimeEntry>(path);
    expect([read.body, read.headers.get('etag')]).toEqual([entry, '"1"']);
    const changed = await ada.api.patch<TimeEntry>(path, { ended_at: '2025-06-02T11:00:00Z' }, { 'if-match': '"1"' });
    expect(changed.body).toMatchObject({ duration: 'PT2H', note: 'Repotted the ferns', version: 2 });
    expect(codeOf(await ada.api.patch(path, { note: null }, { 'if-match': '"1"' }))).toEqual([412, 'version_conflict']);
    const query = `task_id=${task.id}&from=2025-06-02T10:45:00Z&to=2025-06-03T00:00:00Z&billable=true&tag=on%20site`;
    expect((await ada.api.get<EntryPage>(`${ENTRIES}?${query}`)).body.items).toEqual([changed.body]);
    expect(await timeOf(task)).toMatchObject({ worked: 'PT0S', entered: 'PT2H' });
    expect((await ada.api.delete(path)).status).toBe(204);
    expect(codeOf(await ada.api.get(path))).toEqual([404, 'entry_not_found']);
  });

  test.each([
    [{ started_at: '2025-06-02T09:00:00Z' }, 'ended_at'],
    [{ started_at: '2025-06-02T09:00:00Z', ended_at: '2025-06-02T08:00:00Z' }, 'ended_at'],
    [{ started_at: '2999-01-01T09:00:00Z', duration: 'PT1H' }, 'started_at'],
    [{ started_at: '2025-06-02T09:00:00Z', duration: 'an hour' }, 'duration'],
    [{ started_at: '2025-06-02T09:00:00Z', duration: 'PT1H', tags: ['a', 'a'] }, 'tags'],
  ])('returns 422 for %j with the name of the field, and writes nothing', async (input, field) => {
    const count = async (): Promise<unknown> =>
      (await ada.api.get<EntryPage>(`${ENTRIES}?count=exact`)).body.page.total;
    const before = await count();
    const { status, body } = await ada.api.post<{ error: { details: { field: string }[] } }>(ENTRIES, input);
    expect([status, body.error.details.map((fault) => fault.field)]).toEqual([422, expect.arrayContaining([field])]);
    expect(await count()).toBe(before);
  });

  test('settings round shown times and forbid overlaps', async () => {
    const settings = '/v1/time/settings';
    const entry = await enter({ started_at: '2025-07-01T09:00:00Z', duration: 'PT1H7M' });
    expect(entry.rounded_duration).toBeNull();
    const { body } = await ada.api.patch<TimeSettings>(settings, {
      rounding_minutes: 15,
      rounding_mode: 'up',
      overlap_policy: 'refuse',
    });
    expect(body).toMatchObject({ rounding_minutes: 15, overlap_policy: 'refuse', version: 2 });
    const shown = (await ada.api.get<TimeEntry>(`${ENTRIES}/${entry.id}`)).body;
    expect(shown).toMatchObject({ duration: 'PT1H7M', rounded_duration: 'PT1H15M', version: 1 });
    const over = { started_at: '2025-07-01T10:00:00Z', duration: 'PT1H' };
    expect(codeOf(await ada.api.post(ENTRIES, over))).toEqual([409, 'entries_overlap']);
    await ada.api.patch(settings, { overlap_policy: 'warn', rounding_minutes: null });
    expect((await enter(over)).overlaps).toEqual([entry.id]);
    await ada.api.patch(settings, { overlap_policy: 'allow' });
    expect((await enter(over)).overlaps).toEqual([]);
  });

  test('a locked period does not change, but history still arrives', async () => {
    const old = await enter({ started_at: '2024-12-30T09:00:00Z', duration: 'PT1H' });
    const lock = await ada.api.post<PeriodLock>('/v1/time/lock', { locked_until: '2025-01-01T00:00:00Z' });
    expect(lock.body).toMatchObject({
      locked_until: '2025-01-01T00:00:00.000Z',
      locked_by: { kind: 'user', id: ada.id },
    });
    const path = `${ENTRIES}/${old.id}`;
    const refusals = [
      await ada.api.post(ENTRIES, { started_at: '2024-12-31T09:00:00Z', duration: 'PT1H' }),
      await ada.api.patch(path, { note: 'Late' }),
      await ada.api.delete(path),
    ];
    for (const refusal of refusals) expect(codeOf(refusal)).toEqual([409, 'period_locked']);
    expect((await ada.api.get<TimeEntry>(path)).body).toEqual(old);
    const task = await makeTask();
    await historyOf(task, 1);
    expect((await ada.api.post<PeriodLock>('/v1/time/lock', { locked_until: null })).body.locked_until).toBeNull();
    expect((await ada.api.delete(path)).status).toBe(204);
  });

  test('reports are correct in JSON and CSV, over midnight, and on a day of 23 hours', async () => {
    const task = await makeTask({ title: 'Plant the hedge', tags: ['garden', 'spring'] });
    // In Berlin, the 30th of March 2025 has 23 hours.
    await enter({ task_id: task.id, started_at: '2025-03-28T22:30:00Z', duration: 'PT1H', billable: true });
    await enter({ task_id: task.id, started_at: '2025-03-29T20:00:00Z', ended_at: '2025-03-30T23:00:00Z' });
    await historyOf(task, 1);
    const query = `/v1/time/report?from=2025-03-01&to=2025-04-01&tz=Europe/Berlin&group_by=day,task`;
    const report = (await ada.api.get<TimeReport>(query)).body;
    const entered = report.items.map((row) => [row.day, row.task, row.entered]);
    expect(entered).toEqual([
      ['2025-03-28', task.id, 'PT30M'],
      ['2025-03-29', task.id, 'PT3H30M'],
      ['2025-03-30', task.id, 'PT23H'],
      ['2025-03-31', task.id, 'PT1H'],
    ]);
    expect(report.total).toMatchObject({ entered: 'PT28H', billable: 'PT1H', worked: 'PT0S' });
    const tags = (await ada.api.get<TimeReport>(query.replace('day,task', 'tag'))).body;
    expect(tags.items.map(({ tag, entered: time }) => [tag, time])).toEqual([
      ['garden', 'PT28H'],
      ['spring', 'PT28H'],
    ]);
    expect(tags.total.entered).toBe('PT28H');
    for (const csv of [
      await ada.api.get<string>(query, { accept: 'text/csv' }),
      await ada.api.get<string>(`${query}&format=csv`),
    ]) {
      expect(csv.headers.get('content-type')).toMatch(/^text\/csv/);
      const rows = rowsOf(csv.body);
      expect(rows.map((row) => [row['day'], row['task'], row['task_title'], Number(row['entered_seconds'])])).toEqual(
        report.items.map((row) => [row.day, row.task, 'Plant the hedge', ms(row.entered) / 1_000]),
      );
    }
  });

  test('the flow report contains completed tasks, and reports contain the time in progress', async () => {
    const list = (await ada.api.post<{ id: string }>('/v1/lists', { title: 'Of the flow' })).body.id;
    const task = await makeTask({ list_id: list, estimated_duration: 'PT1M' });
    await move(task, 'in_progress', 'blocked', 'done');
    await makeTask({ list_id: list });
    const time = await showsItsTime(task, 1);
    const covered = `from=${day(-1)}&to=${day(2)}&list_id=${list}`;
    const flow = await until('it is completed', async () => {
      const { body } = await ada.api.get<TimeFlow>(`/v1/time/flow?${covered}`);
      return body.completed === 1 && body;
    });
    const history = await historyOf(task, 4);
    const between = (from: number, to: number): number =>
      Date.parse(history[to]?.at ?? '') - Date.parse(history[from]?.at ?? '');
    expect(ms(flow.lead_time?.p50 ?? '')).toBe(between(0, 3));
    expect(ms(flow.cycle_time?.p50 ?? '')).toBe(between(1, 3));
    const statuses = Object.fromEntries(flow.statuses.map(({ status, total }) => [status, ms(total)]));
    expect(statuses).toEqual({ todo: between(0, 1), in_progress: between(1, 2), blocked: between(2, 3) });
    expect(flow.throughput.reduce((total, { completed }) => total + completed, 0)).toBe(1);
    expect(flow.estimates).toMatchObject({ tasks: 1, estimated: 'PT1M', worked: time.worked });
    const report = (await ada.api.get<TimeReport>(`/v1/time/report?${covered}&group_by=task,status`)).body;
    expect(report.items).toMatchObject([{ task: task.id, status: 'done', worked: time.worked }]);
    expect(report.total.worked).toBe(time.worked);
  });

  test('a forgotten timer leads to one mail', async () => {
    await ada.api.patch('/v1/time/settings', { forgotten_timer_hours: 1 });
    const task = await makeTask({ title: 'Feed the cat' });
    // Its title is known.
    await historyOf(task, 1);
    const { body } = await ada.api.post<TimeEntry>(`${TIMER}/start`, { task_id: task.id });
    await database.query(`UPDATE time_tracking.entry SET started_at = started_at - interval '2 hours' WHERE id = $1`, [
      body.id,
    ]);
    const mail = await mails.mailTo(ada.email, /timer/i);
    expect(mail.text).toContain('Feed the cat');
    expect((await ada.api.post<TimeEntry>(`${TIMER}/stop`, undefined)).status).toBe(200);
    const told = await messagesOf(installation.nats.url, 'EVENTS_TIME_TRACKING');
    expect(told.filter((event) => event.includes('timer_forgotten') && event.includes(body.id))).toHaveLength(1);
    expect((await mails.received(ada.email)).filter(({ subject }) => /timer/i.test(subject))).toHaveLength(1);
  });

  /** All rows about tasks of the workspace, without columns that depend on the way of writing. */
  async function kept(): Promise<unknown[]> {
    const rows = [];
    for (const columns of [
      'task_id, version, workspace_id, from_status, to_status, occurred_at, actor_kind, actor_id, request_id FROM time_tracking.transition',
      'task_id, version, workspace_id, started_at, ended_at, actor_kind, actor_id FROM time_tracking.span',
      'task_id, workspace_id, title, list_id, tags, assignee_id, template_id, estimated_duration, status, worked_ms FROM time_tracking.task',
    ])
      rows.push((await database.query(`SELECT ${columns} WHERE workspace_id = $1 ORDER BY 1, 2`, [workspace])).rows);
    return rows;
  }

  test('a rebuild restores a lost history from the log of tasks, which continues afterwards', async () => {
    const task = await makeTask();
    await move(task, 'in_progress', 'todo', 'in_progress', 'todo', 'in_progress', 'todo');
    await showsItsTime(task, 3);
    const heard = async (): Promise<boolean> =>
      (await unsettled(installation.nats.url, 'EVENTS_TASKS', 'time-tracking-history')) === 0;
    // Tasks of earlier tests included.
    await untilPublished(database, 'tasks');
    await until('all is heard', heard);
    const before = await kept();
    for (const table of ['task', 'transition', 'span'])
      await database.query(`DELETE FROM time_tracking.${table} WHERE workspace_id = $1`, [workspace]);
    const child = startChild(
      process.execPath,
      [COMMAND_LINE, '--data-dir', join('/nowhere', 'data'), 'time', 'rebuild'],
      { env: { PATH: process.env['PATH'], DATABASE_URL: installation.database.url, APP_ENV: 'test' } },
    );
    await until('the command ends', () => child.ended() !== undefined);
    expect([child.ended(), child.output()]).toEqual([
      0,
      expect.stringMatching(/The history is filled: [\d,]+ transition/),
    ]);
    expect(await kept()).toEqual(before);
    await move(task, 'in_progress', 'done');
    await showsItsTime(task, 4);
  });

  test('serves every use case over NATS', async () => {
    const client = await NatsClient.connect(installation.nats.url, ada.token);
    try {
      const call = async <Body>(name: string, body?: object): Promise<Body> => {
        const answer = await client.call<Body>(`api.time-tracking.${name}`, body);
        expect([name, answer.status, answer.body]).toEqual([name, 200, answer.body]);
        return answer.body;
      };
      const task = await makeTask();
      await historyOf(task, 1);
      expect((await call<HistoryPage>('task_history', { id: task.id })).items).toMatchObject([
        { from: null, to: 'todo' },
      ]);
      expect((await call<HistoryPage>('find_history', { task_id: task.id, limit: 1 })).items).toHaveLength(1);
      const times = { started_at: '2025-05-05T09:00:00Z', duration: 'PT45M' };
      const { id } = await call<TimeEntry>('create_entry', { task_id: task.id, ...times });
      expect(await call<TimeEntry>('get_entry', { id })).toMatchObject({ duration: 'PT45M' });
      expect(await call('update_entry', { id, patch: { duration: 'PT1H' } })).toMatchObject({ duration: 'PT1H' });
      expect((await call<EntryPage>('find_entries', { task_id: task.id })).items).toMatchObject([{ id }]);
      expect(await call<TaskTime>('task_time', { id: task.id })).toMatchObject({ entered: 'PT1H' });
      const may = { from: '2025-05-01', to: '2025-06-01' };
      const report = await call<TimeReport>('report', { ...may, group_by: ['week'] });
      expect(report).toMatchObject({ items: [{ week: '2025-W19', entered: 'PT1H' }], total: { entered: 'PT1H' } });
      expect(await call<TimeFlow>('flow', may)).toMatchObject({ completed: 0, lead_time: null });
      await call('delete_entry', { id });
      const { id: running } = await call<TimeEntry>('start_timer', { task_id: task.id });
      expect(await call<RunningTimer>('get_timer')).toMatchObject({ entry: { id: running } });
      expect(await call<SwitchedTimer>('switch_timer', {})).toMatchObject({ stopped: { id: running } });
      expect(await call<TimeEntry>('stop_timer')).toMatchObject({ task_id: null });
      const { version } = await call<TimeSettings>('get_settings');
      expect(await call('update_settings', { patch: { forgotten_timer_hours: 12 } })).toMatchObject({
        version: version + 1,
      });
      await call<PeriodLock>('lock_period', { locked_until: '2020-01-01T00:00:00Z' });
      expect(await call<PeriodLock>('get_lock')).toMatchObject({ locked_until: '2020-01-01T00:00:00.000Z' });
    } finally {
      await client.close();
    }
  });
});
