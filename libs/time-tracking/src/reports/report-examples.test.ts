// What people ask of reports, one thing at a time.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { ReportQuery, TimeReport } from '../../contract/index.js';
import { insertTimeRows, type EntryOfTime, type SpanOfTime, type TaskRow } from '../../testing/time-rows.js';
import { durationText } from '../domain/duration.js';
import { createTimeTrackingWorld, type TimeTrackingWorld } from '../../testing/time-tracking-world.js';
import { ReportLimits, ReportsController } from './reports.controller.js';

const PERSON = '00000000-0000-7000-8000-000000000001';
const NOVEMBER = { from: '2025-11-01', to: '2025-12-01' };

let world: TimeTrackingWorld;
beforeAll(async () => {
  world = await createTimeTrackingWorld();
});
afterAll(() => world?.end());

/** Somebody in a workspace of their own, perhaps limited to lists. */
function somebody(workspaceId = uuidv7(), listIds?: string[]): CallContext {
  return { ...world.context, principal: { ...world.context.principal, workspaceId, ...(listIds && { listIds }) } };
}

async function worked(
  { principal }: CallContext,
  ...spans: [from: string, to: string | null, task?: string][]
): Promise<void> {
  const rows = spans.map(([started_at, ended_at, task_id = uuidv7()]): SpanOfTime => ({
    task_id,
    version: 1,
    workspace_id: principal.workspaceId,
    started_at,
    ended_at,
    actor_id: PERSON,
  }));
  await insertTimeRows(world.database, { spans: rows });
}

async function entered({ principal }: CallContext, ...entries: Partial<EntryOfTime>[]): Promise<void> {
  const plain = (): EntryOfTime => ({
    id: uuidv7(),
    workspace_id: principal.workspaceId,
    user_id: PERSON,
    task_id: null,
    started_at: '2025-11-03T09:00:00Z',
    ended_at: '2025-11-03T10:00:00Z',
    tags: [],
    billable: false,
    source: 'manual',
  });
  const rows = entries.map((entry) => Object.assign(plain(), entry));
  await insertTimeRows(world.database, { entries: rows });
}

async function known({ principal }: CallContext, ...tasks: Partial<TaskRow>[]): Promise<string[]> {
  const plain = (): TaskRow => ({
    task_id: uuidv7(),
    workspace_id: principal.workspaceId,
    title: 'Water the plants',
    list_id: null,
    tags: [],
    assignee_id: null,
    template_id: null,
    estimated_duration: null,
    status: 'todo',
    status_seen: 1,
  });
  const rows = tasks.map((task) => Object.assign(plain(), task));
  await insertTimeRows(world.database, { tasks: rows });
  return rows.map(({ task_id }) => task_id);
}

function rowsOf(
  { items }: TimeReport,
  group: 'day' | 'week' | 'tag' | 'task' | 'person',
  measure: 'worked' | 'entered',
): object {
  return Object.fromEntries(items.map((row) => [String(row[group]), row[measure]]));
}

test('a span over midnight counts on both days, in the zone that was asked for', async () => {
  const me = somebody();
  await worked(me, ['2025-11-03T22:00:00.000Z', '2025-11-04T01:30:00.001Z']);
  const berlin = await world.reports.report({ ...NOVEMBER, tz: 'Europe/Berlin', group_by: ['day'] }, me);
  expect(rowsOf(berlin, 'day', 'worked')).toEqual({ '2025-11-03': 'PT1H', '2025-11-04': 'PT2H30M0.001S' });
  const utc = await world.reports.report({ ...NOVEMBER, group_by: ['day'] }, me);
  expect(rowsOf(utc, 'day', 'worked')).toEqual({ '2025-11-03': 'PT2H', '2025-11-04': 'PT1H30M0.001S' });
  expect([berlin.total, utc.total].map((total) => [total.worked, total.spans])).toEqual([
    ['PT3H30M0.001S', 1],
    ['PT3H30M0.001S', 1],
  ]);
});

test('whoever works through a day in which clocks change works 23 or 25 hours', async () => {
  const me = somebody();
  await worked(me, ['2026-03-01T00:00:00Z', '2026-04-30T00:00:00Z'], ['2025-10-20T00:00:00Z', '2025-10-30T00:00:00Z']);
  const spring = await world.reports.report(
    {
      from: '2026-03-29',
      to: '2026-03-30',
      tz: 'Europe/Berlin',
      group_by: ['day'],
    },
    me,
  );
  expect(rowsOf(spring, 'day', 'worked')).toEqual({ '2026-03-29': 'PT23H' });
  const autumn = await world.reports.report(
    {
      from: '2025-10-26',
      to: '2025-10-27',
      tz: 'Europe/Berlin',
      group_by: ['day'],
    },
    me,
  );
  expect(rowsOf(autumn, 'day', 'worked')).toEqual({ '2025-10-26': 'PT25H' });
});

test('what begins or ends at the borders of a time belongs to one side only', async () => {
  const me = somebody();
  await worked(me, ['2025-11-02T23:00:00Z', '2025-11-03T00:00:00Z'], ['2025-11-04T00:00:00Z', '2025-11-04T01:00:00Z']);
  const report = await world.reports.report({ from: '2025-11-03', to: '2025-11-04', group_by: ['day'] }, me);
  expect([report.items, report.total.worked, report.total.spans]).toEqual([[], 'PT0S', 0]);
});

test('what runs is counted until one moment, on every page the same, also if it has ended since', async () => {
  const me = somebody();
  const [one, two] = [uuidv7(), uuidv7()];
  const start = new Date(Date.now() - 3_600_000).toISOString();
  await worked(me, [start, null, one], [start, null, two]);
  await entered(me, { started_at: start, ended_at: null, source: 'timer' });
  const query = { from: '2025-11-01', to: '2035-10-01', group_by: ['task' as const], limit: 1 };
  const first = await world.reports.report(query, me);
  await world.database.query(
    `UPDATE time_tracking.span SET ended_at = clock_timestamp() + interval '1 minute' WHERE task_id = $1`,
    [two],
  );
  await world.database.query(
    `UPDATE time_tracking.entry SET ended_at = clock_timestamp() + interval '1 minute' WHERE workspace_id = $1`,
    [me.principal.workspaceId],
  );
  const second = await world.reports.report({ ...query, cursor: first.page.next_cursor ?? '' }, me);
  const until = durationText(Date.parse(first.as_of) - Date.parse(start));
  expect([second.as_of, second.total]).toEqual([first.as_of, first.total]);
  expect([...first.items, ...second.items].map(({ task, worked }) => [task, worked])).toEqual([
    [one, until],
    [two, until],
  ]);
});

test('the rows of tags overlap, and the total counts each hour once; an entry has its own tags and its task’s', async () => {
  const me = somebody();
  const [task = ''] = await known(me, { tags: ['garden', 'roof'] });
  await worked(me, ['2025-11-03T09:00:00Z', '2025-11-03T10:00:00Z', task]);
  await entered(me, { task_id: task, tags: ['roof', 'on site'] }, {});
  const report = await world.reports.report({ ...NOVEMBER, group_by: ['tag'] }, me);
  expect(rowsOf(report, 'tag', 'worked')).toEqual({ garden: 'PT1H', 'on site': 'PT0S', roof: 'PT1H', null: 'PT0S' });
  expect(rowsOf(report, 'tag', 'entered')).toEqual({ garden: 'PT1H', 'on site': 'PT1H', roof: 'PT1H', null: 'PT1H' });
  expect(report.total).toMatchObject({ worked: 'PT1H', entered: 'PT2H', spans: 1, entries: 2 });
});

test('tasks are told with their titles, and one of which nothing is known without', async () => {
  const me = somebody();
  const [task = ''] = await known(me, {});
  const other = uuidv7();
  await worked(
    me,
    ['2025-11-03T09:00:00Z', '2025-11-03T10:00:00Z', task],
    ['2025-11-03T09:00:00Z', '2025-11-03T10:00:00Z', other],
  );
  await entered(me, {});
  const { items } = await world.reports.report({ ...NOVEMBER, group_by: ['task'] }, me);
  expect(items.map(({ task, task_title: title }) => [task, title])).toEqual([
    [task, 'Water the plants'],
    [other, null],
    [null, null],
  ]);
});

test('a credential that is limited to lists sees their tasks alone, and nothing that is of no task', async () => {
  const all = somebody();
  const [mine, theirs] = [uuidv7(), uuidv7()];
  const [visible = '', hidden = ''] = await known(all, { list_id: mine }, { list_id: theirs });
  const hour = ['2025-11-03T09:00:00Z', '2025-11-03T10:00:00Z'] as const;
  await worked(all, [...hour, visible], [...hour, hidden], [...hour]);
  await entered(all, { task_id: visible }, { task_id: hidden }, {});
  const limited = somebody(all.principal.workspaceId, [mine]);
  const report = await world.reports.report({ ...NOVEMBER, group_by: ['task'] }, limited);
  expect(report.items.map(({ task }) => task)).toEqual([visible]);
  expect(report.total).toMatchObject({ worked: 'PT1H', entered: 'PT1H', spans: 1, entries: 1 });
  const beyond = await world.reports.report({ ...NOVEMBER, group_by: ['task'], list_id: theirs }, limited);
  expect(beyond.total).toMatchObject({ spans: 0, entries: 0 });
  const everything = await world.reports.report(NOVEMBER, all);
  expect(everything.total).toMatchObject({ spans: 3, entries: 3 });
});

test('nothing of another workspace is counted', async () => {
  const me = somebody();
  const task = uuidv7();
  await worked(somebody(), ['2025-11-03T09:00:00Z', '2025-11-03T10:00:00Z', task]);
  const { total } = await world.reports.report({ ...NOVEMBER, task_id: task }, me);
  expect(total).toMatchObject({ worked: 'PT0S', spans: 0 });
});

test('what was entered is rounded by the row, as the workspace rounds', async () => {
  const me = somebody();
  await world.database.query(
    `INSERT INTO time_tracking.settings (workspace_id, rounding_minutes, rounding_mode) VALUES ($1, 15, 'up')`,
    [me.principal.workspaceId],
  );
  await entered(me, { ended_at: '2025-11-03T09:10:00Z' }, { ended_at: '2025-11-03T09:04:00Z' });
  const { total, items } = await world.reports.report({ ...NOVEMBER, group_by: ['person'] }, me);
  expect([total.entered, total.entered_rounded, items[0]?.entered_rounded]).toEqual(['PT14M', 'PT15M', 'PT15M']);
  expect((await world.reports.report(NOVEMBER, somebody())).total.entered_rounded).toBeNull();
});

test('a cursor is good for its own question only', async () => {
  const me = somebody();
  await worked(me, ['2025-11-03T09:00:00Z', '2025-11-05T10:00:00Z']);
  const query = { ...NOVEMBER, group_by: ['day' as const], limit: 1 };
  const { page } = await world.reports.report(query, me);
  const cursor = page.next_cursor ?? '';
  const others: Pick<ReportQuery, keyof ReportQuery>[] = [
    { ...query, tz: 'Europe/Berlin' },
    { ...query, to: '2025-11-30' },
    { ...query, group_by: ['week'] },
    { ...query, tag: 'garden' },
  ];
  for (const other of others) {
    await expect(world.reports.report({ ...other, cursor }, me)).rejects.toMatchObject({
      details: [{ field: 'cursor' }],
    });
  }
  expect((await world.reports.report({ ...query, cursor }, me)).items).toHaveLength(1);
});

test('a cursor may say its instant in any form that instants have', async () => {
  const me = somebody();
  await worked(me, ['2025-11-03T09:00:00Z', '2025-11-05T10:00:00Z']);
  const query = { ...NOVEMBER, group_by: ['day' as const], limit: 1 };
  const { page } = await world.reports.report(query, me);
  const parts = JSON.parse(Buffer.from(page.next_cursor ?? '', 'base64url').toString()) as unknown[];
  const cursor = Buffer.from(JSON.stringify([...parts.slice(0, -1), '2026-06-30t23:59:60Z'])).toString('base64url');
  expect(await world.reports.report({ ...query, cursor }, me)).toMatchObject({ as_of: '2026-06-30T23:59:59.000Z' });
});

test.each([
  ['0001-01-01', '0002-01-01', 'Asia/Tokyo'],
  ['9998-01-01', '9999-12-31', 'America/New_York'],
  ['9990-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', 'Pacific/Kiritimati'],
])('the time from %s to %s in %s is only empty', async (from, to, tz) => {
  const report = await world.reports.report({ from, to, tz, group_by: ['day', 'week', 'month'] }, somebody());
  expect([report.items, report.total.spans]).toEqual([[], 0]);
  expect((await world.reports.flow({ from, to, tz }, somebody())).completed).toBe(0);
});

test('a report that takes too long says so', async () => {
  const me = somebody();
  await world.database.query(
    `INSERT INTO time_tracking.span (task_id, version, workspace_id, started_at, ended_at, actor_kind, actor_id)
     SELECT gen_random_uuid(), 1, $1, '2025-11-01', '2025-12-01', 'user', 'x' FROM generate_series(1, 20000)`,
    [me.principal.workspaceId],
  );
  const hasty = new ReportsController(
    world.database,
    Object.assign(new ReportLimits(), { timeMs: 5 }),
    world.namesOfIds,
  );
  const question = hasty.report({ ...NOVEMBER, group_by: ['day', 'task'] }, me);
  await expect(question).rejects.toMatchObject({ kind: 'invalid', code: 'query_too_expensive' });
});
