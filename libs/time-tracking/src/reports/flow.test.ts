// How tasks flow, beside the same computed by hand from their histories.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CallContext } from '@mono/contract';
import { array, assert, asyncProperty, constantFrom, integer, option, record } from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { uuidv7 } from 'uuidv7';
import type { Distribution, TimeFlow } from '../../contract/index.js';
import { insertTimeRows, type TaskRow, type TransitionRow } from '../../testing/time-rows.js';
import { createTimeTrackingWorld, type TimeTrackingWorld } from '../../testing/time-tracking-world.js';
import { durationMs } from '../domain/duration.js';

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;
const BASE = Date.parse('2025-10-01T00:00:00Z');
const WINDOW = { from: '2025-10-06', to: '2025-11-03', tz: 'Europe/Berlin' };
const FROM = Date.parse('2025-10-05T22:00:00Z');
const TO = Date.parse('2025-11-02T23:00:00Z');
const ORDER = ['todo', 'in_progress', 'blocked', 'done', 'archived', 'cancelled'];
/** The ratio's. */
const DIGITS = 3;
/** It is deleted, and restored as it was an hour later. */
const TRASH = 'trash';
const ESTIMATES =
  'PT2H P1D PT90M P1W P1M PT0.5H PT1,25H pt3h PT0S P1Y2M3DT4H5M6.5S +PT2H -PT0S p1w2dt0,5m PT0000000000001S PT316224000S P005Y058M'.split(
    ' ',
  );

let world: TimeTrackingWorld;
beforeAll(async () => {
  world = await createTimeTrackingWorld();
});
afterAll(() => world?.end());

interface Seed {
  /** Milliseconds after the base, and how long each status lasted. */
  created: number;
  course: { status: string; after: number }[];
  estimate: string | null;
}

const anySeed = record({
  created: integer({ min: 0, max: 30 * DAY_MS }),
  course: array(
    record({
      status: constantFrom(...ORDER, 'done', 'done', TRASH, TRASH),
      after: integer({ min: 0, max: 5 * DAY_MS }),
    }),
    {
      maxLength: 6,
    },
  ),
  estimate: option(constantFrom(...ESTIMATES), { freq: 5 }),
});

interface Life {
  task: TaskRow;
  transitions: TransitionRow[];
}

function lifeOf({ created, course, estimate }: Seed, workspace_id: string): Life {
  const task_id = uuidv7();
  let at = BASE + created;
  let status: string | null = null;
  const transitions: TransitionRow[] = [];
  const change = (from_status: string | null, to_status: string | null): void => {
    const version = 2 * transitions.length + 1;
    transitions.push({
      task_id,
      workspace_id,
      version,
      from_status,
      to_status,
      occurred_at: new Date(at).toISOString(),
    });
  };
  for (const step of [{ status: 'todo', after: 0 }, ...course]) {
    at += step.after;
    if (step.status === TRASH) {
      change(status, null);
      at += HOUR_MS;
      change(null, status);
    } else if (step.status !== status) {
      change(status, step.status);
      status = step.status;
    }
  }
  const task: TaskRow = {
    task_id,
    workspace_id,
    title: 'Water the plants',
    list_id: null,
    tags: [],
    assignee_id: null,
    template_id: null,
    estimated_duration: estimate,
    status,
    status_seen: transitions.at(-1)?.version ?? 0,
  };
  return { task, transitions };
}

function atOf(transition: TransitionRow | undefined): number {
  return Date.parse(transition?.occurred_at ?? '');
}

interface Completed {
  at: number;
  lead: number;
  cycle: number | undefined;
  stays: Map<string, number>;
  estimate: string | null;
}

function completedOf({ task, transitions: all }: Life): Completed | undefined {
  // Deletions and restorations change nothing.
  const changes = all.filter((one, index) => one.to_status !== null && (index === 0 || one.from_status !== null));
  const last = changes.findLast(({ to_status }) => to_status !== 'archived');
  const transitions = last ? all.slice(0, all.indexOf(last) + 1) : [];
  const at = atOf(last);
  if (last?.to_status !== 'done' || at < FROM || at >= TO) return undefined;
  const began = transitions.find(({ to_status }) => to_status === 'in_progress');
  const stays = new Map<string, number>();
  for (const [index, { to_status: status }] of transitions.slice(0, -1).entries()) {
    if (status === null) continue;
    stays.set(status, (stays.get(status) ?? 0) + atOf(transitions[index + 1]) - atOf(transitions[index]));
  }
  return {
    at,
    lead: at - atOf(transitions[0]),
    cycle: began ? at - atOf(began) : undefined,
    stays,
    estimate: task.estimated_duration,
  };
}

function ms(duration: string): number {
  return Temporal.Duration.from(duration).total('milliseconds');
}

/** The least of them that so many percent do not surpass. */
function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN;
}

function spreadOf(values: number[]): Record<keyof Distribution, number> | null {
  if (values.length === 0) return null;
  const sorted = values.sort((one, other) => one - other);
  const mean = Math.round(sorted.reduce((sum, value) => sum + value, 0) / sorted.length);
  return { mean, p50: percentile(sorted, 50), p85: percentile(sorted, 85), p95: percentile(sorted, 95) };
}

function shownSpread(spread: Distribution | null): Record<keyof Distribution, number> | null {
  return spread && { mean: ms(spread.mean), p50: ms(spread.p50), p85: ms(spread.p85), p95: ms(spread.p95) };
}

function naiveStatuses(completed: readonly Completed[]): { status: string; total: number; mean: number }[] {
  return ORDER.flatMap((status) => {
    const stays = completed.flatMap(({ stays }) => stays.get(status) ?? []);
    const total = stays.reduce((sum, stay) => sum + stay, 0);
    return stays.length === 0 ? [] : [{ status, total, mean: Math.round(total / completed.length) }];
  });
}

function naiveEstimates(completed: readonly Completed[]): {
  tasks: number;
  estimated: number;
  worked: number;
  ratio: number | null;
} {
  const estimated = completed.flatMap(({ estimate, stays }) => {
    const estimateMs = estimate === null ? 0 : durationMs(estimate);
    const worked = stays.get('in_progress');
    return estimateMs > 0 && worked !== undefined ? [{ estimateMs, worked }] : [];
  });
  const ratios = estimated.map(({ estimateMs, worked }) => worked / estimateMs).sort((one, other) => one - other);
  return {
    tasks: estimated.length,
    estimated: estimated.reduce((sum, { estimateMs }) => sum + estimateMs, 0),
    worked: estimated.reduce((sum, { worked }) => sum + worked, 0),
    ratio: ratios.length > 0 ? percentile(ratios, 50) : null,
  };
}

/** Mondays in Berlin: the window begins with one, and the third week has an hour more. */
function naiveThroughput(completed: readonly Completed[]): TimeFlow['throughput'] {
  const starts = [0, 7, 14, 21].map((days) => FROM + days * DAY_MS + (days === 21 ? HOUR_MS : 0));
  return starts.map((start, index) => {
    const end = starts[index + 1] ?? TO;
    return { week: `2025-W${41 + index}`, completed: completed.filter(({ at }) => at >= start && at < end).length };
  });
}

function somebody(listIds?: string[]): CallContext {
  return {
    ...world.context,
    principal: { ...world.context.principal, workspaceId: uuidv7(), ...(listIds && { listIds }) },
  };
}

test('lead and cycle time, statuses, throughput and estimates are those of the histories', async () => {
  await assert(
    asyncProperty(array(anySeed, { minLength: 1, maxLength: 12 }), async (seeds) => {
      const me = somebody();
      const lives = seeds.map((seed) => lifeOf(seed, me.principal.workspaceId));
      await insertTimeRows(world.database, {
        tasks: lives.map(({ task }) => task),
        transitions: lives.flatMap(({ transitions }) => transitions),
      });
      const completed = lives.flatMap((life) => completedOf(life) ?? []);
      const flow = await world.reports.flow(WINDOW, me);
      expect(flow).toMatchObject({ completed: completed.length, throughput: naiveThroughput(completed) });
      expect(shownSpread(flow.lead_time)).toEqual(spreadOf(completed.map(({ lead }) => lead)));
      expect(shownSpread(flow.cycle_time)).toEqual(spreadOf(completed.flatMap(({ cycle }) => cycle ?? [])));
      expect(flow.statuses.map(({ status, total, mean }) => ({ status, total: ms(total), mean: ms(mean) }))).toEqual(
        naiveStatuses(completed),
      );
      const { tasks, estimated, worked, median_ratio: ratio } = flow.estimates;
      const naive = naiveEstimates(completed);
      expect([tasks, ms(estimated), ms(worked)]).toEqual([naive.tasks, naive.estimated, naive.worked]);
      expect(ratio ?? -1).toBeCloseTo(naive.ratio ?? -1, DIGITS);
    }),
    { numRuns: 150 },
  );
});

test('a task that was taken up again was not completed; one that was archived or deleted was', async () => {
  const me = somebody();
  const then = (...statuses: string[]): Life =>
    lifeOf(
      {
        created: 0,
        course: ['done', ...statuses].map((status, index) => ({ status, after: index === 0 ? 7 * DAY_MS : 1 })),
        estimate: null,
      },
      me.principal.workspaceId,
    );
  const deleted = then('archived');
  Object.assign(deleted.transitions.at(-1) ?? {}, { to_status: null });
  Object.assign(deleted.task, { status: null });
  const lives = [then(), then('archived'), deleted, then('todo'), then('cancelled'), then('archived', 'todo')];
  await insertTimeRows(world.database, {
    tasks: lives.map(({ task }) => task),
    transitions: lives.flatMap(({ transitions }) => transitions),
  });
  expect((await world.reports.flow(WINDOW, me)).completed).toBe(3);
});

test('filters and the caller’s lists narrow it', async () => {
  const [mine, theirs] = [uuidv7(), uuidv7()];
  const limited = somebody([mine]);
  const { workspaceId } = limited.principal;
  const lives = [mine, theirs].map((list_id) => {
    const life = lifeOf({ created: 0, course: [{ status: 'done', after: 7 * DAY_MS }], estimate: null }, workspaceId);
    Object.assign(life.task, { list_id, tags: [list_id === mine ? 'garden' : 'roof'] });
    return life;
  });
  await insertTimeRows(world.database, {
    tasks: lives.map(({ task }) => task),
    transitions: lives.flatMap(({ transitions }) => transitions),
  });
  const all = { ...world.context, principal: { ...world.context.principal, workspaceId } };
  const completed = async (context: CallContext, filter: object): Promise<number> =>
    (await world.reports.flow({ ...WINDOW, ...filter }, context)).completed;
  expect(await completed(limited, {})).toBe(1);
  expect(await completed(limited, { list_id: theirs })).toBe(0);
  expect(await completed(all, {})).toBe(2);
  expect(await completed(all, { tag: 'roof' })).toBe(1);
  expect(await completed(all, { task_id: lives[0]?.task.task_id })).toBe(1);
});

test('a time without anything has its weeks and no more', async () => {
  const flow = await world.reports.flow({ from: '2025-12-29', to: '2026-01-06', week: 'sunday' }, somebody());
  expect(flow).toMatchObject({
    completed: 0,
    lead_time: null,
    cycle_time: null,
    statuses: [],
    throughput: [
      { week: '2025-12-28', completed: 0 },
      { week: '2026-01-04', completed: 0 },
    ],
    estimates: { tasks: 0, estimated: 'PT0S', worked: 'PT0S', median_ratio: null },
  });
});
