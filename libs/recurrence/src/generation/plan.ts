// Plans the occurrences of a template as rows of the ledger, before tasks is asked for anything. Planning again changes nothing.
import type { Executor } from '@mono/platform';
import { startOf } from '../domain/content.js';
import { datesFrom, keyBefore } from '../domain/dates.js';
import { isOutOfSync, wantedAgain } from '../domain/ledger.js';
import type { OccurrenceRow } from '../domain/occurrence.js';
import type { OccurrenceDate } from '../domain/schedule.js';
import { isStopped } from '../domain/template-state.js';
import { saveOccurrences } from '../persistence/occurrences.store.js';
import { findAhead, movedWithoutTask } from '../persistence/planning.store.js';
import { savePlan, type TemplateRow } from '../persistence/templates.store.js';
import { addDates } from './add-dates.js';
import { replan } from './replan.js';
import { planSuccessor } from './successor.js';

/** The most tasks of a template that are created ahead of their time, subtasks included. */
export const MAX_AHEAD = 1_000;
/** The least time between two plans that have reached their limit. */
const RETRY_MS = 60_000;
const DAY_MS = 24 * 60 * 60 * 1_000;
/** Dates that are looked up at a time. */
const CHUNK = 500;

export interface PlanLimits {
  /** How far ahead, in days. */
  days: number;
  /** The most new occurrences. */
  batch: number;
}

export interface Plan {
  /** When there is more to plan; null: not until the template changes. */
  nextRunAt: Date | null;
  /** When the reconciler plans it again if this process crashes: RFC 3339. */
  plannedRunAt: string;
}

/** On a locked row. */
export async function plan(on: Executor, row: TemplateRow, limits: PlanLimits): Promise<Plan> {
  const nowMs = Date.now();
  if (row.revision !== row.planned_revision) await replan(on, row, nowMs);
  const end = await extendIfActive(on, row, limits, nowMs);
  const plannedRunAt = await savePlan(on, row, { revision: row.revision, before: end.before, through: end.through });
  return { nextRunAt: end.nextRunAt, plannedRunAt };
}

interface Reached {
  before: string | null;
  through: string | null;
  nextRunAt: Date | null;
}

async function extendIfActive(on: Executor, row: TemplateRow, limits: PlanLimits, nowMs: number): Promise<Reached> {
  if (isStopped(row)) return { before: row.planned_before, through: throughStop(row), nextRunAt: null };
  if (row.anchor === 'completion') return planSuccessor(on, row, nowMs);
  const moved = await planMoved(on, row, limits.days * DAY_MS, nowMs);
  const end = await extend(on, row, limits, nowMs);
  return { ...end, nextRunAt: earlierOf(end.nextRunAt, moved) };
}

/** Tasks after the pause or the end are withdrawn. */
function throughStop({ planned_through: through, paused_at: pausedAt, ended_at: endedAt }: TemplateRow): string | null {
  const stop = pausedAt ?? endedAt;
  return stop !== null && through !== null && stop < through ? stop : through;
}

function earlierOf(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}

/** An occurrence that was moved before it had a task is planned by its new start. @returns when there is more to plan. */
async function planMoved(on: Executor, row: TemplateRow, leadMs: number, nowMs: number): Promise<Date | null> {
  const moved = await movedWithoutTask(on, row);
  const isDue = (one: OccurrenceRow): boolean => Date.parse(startOf(one)) < nowMs + leadMs;
  const due = moved.filter((one) => isDue(one) && !isOutOfSync(one));
  await saveOccurrences(
    on,
    due.map((was) => ({ was, row: wantedAgain(was) })),
  );
  const waiting = moved.filter((one) => !due.includes(one));
  if (waiting.length === 0) return null;
  return new Date(Math.max(nowMs, Math.min(...waiting.map((one) => Date.parse(startOf(one)) - leadMs))));
}

function reached(before: string | null, until: number, nextRunAt: Date | null): Reached {
  return { before, through: new Date(until).toISOString(), nextRunAt };
}

async function extend(on: Executor, row: TemplateRow, { days, batch }: PlanLimits, nowMs: number): Promise<Reached> {
  const horizonMs = nowMs + days * DAY_MS;
  if (row.planned_before === END) return reached(END, horizonMs, null);
  const planFromMs = Date.parse(row.plan_from);
  const ahead = await findAhead(on, row, { from: keyBefore(nowMs), now: new Date(nowMs).toISOString() });
  const most = Math.floor(MAX_AHEAD / (1 + (row.subtasks?.length ?? 0)));
  const room = Math.max(0, Math.min(batch, most - ahead.count));
  let added = 0;
  let through = row.planned_before === null ? null : row.planned_through;
  // An earlier plan may reach farther.
  const untilMs = Math.max(horizonMs, throughOf(through, nowMs));
  let chunk: OccurrenceDate[] = [];
  const flush = async (): Promise<Reached | undefined> => {
    const { count, stop } = await addDates(on, row, chunk, room - added);
    added += count;
    const last = stop ? chunk[chunk.indexOf(stop.date) - 1] : chunk.at(-1);
    if (last) through = new Date(last.at).toISOString();
    chunk = [];
    if (!stop) return undefined;
    const { originalStart, at } = stop.date;
    const isAtOnce = stop.because === 'out of sync' || ahead.count + added < most;
    const next = isAtOnce ? new Date(nowMs) : wakeAt(Date.parse(ahead.first ?? ''), nowMs);
    return reached(originalStart, throughOf(through, Math.min(nowMs, at - 1)), next);
  };

  // Dates that are planned already need no room.
  let size = Math.min(room + 1, CHUNK);
  for (const date of datesFrom(row, row.planned_before ?? keyBefore(planFromMs))) {
    if (date.at < planFromMs) continue;
    if (date.at >= horizonMs || chunk.length >= size) {
      const stopped = await flush();
      if (stopped) return stopped;
      if (date.at >= horizonMs) return reached(date.originalStart, untilMs, wakeAt(date.at - days * DAY_MS, nowMs));
      size = CHUNK;
    }
    chunk.push(date);
  }
  // The rule has no further dates.
  return (await flush()) ?? reached(END, horizonMs, null);
}

/** Greater than every key. */
const END = '~';

function throughOf(through: string | null, otherwiseMs: number): number {
  return through === null ? otherwiseMs : Date.parse(through);
}

function wakeAt(ms: number, nowMs: number): Date {
  return new Date(Math.max(Number.isNaN(ms) ? 0 : ms, nowMs + RETRY_MS));
}
