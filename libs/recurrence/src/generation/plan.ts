// Planning: which occurrences a template has, as rows of the ledger, before anybody asks tasks for anything. The template's
// row is locked; what is planned twice is planned once.
import type { Executor } from '@mono/platform';
import { instantOfWallTime } from '@mono/contract/zones';
import { Temporal } from 'temporal-polyfill';
import { dateAt, datesFrom, keyBefore, scheduleOf } from '../domain/dates.js';
import { isClosed, isPast, isProtected, isUnsettled, replanned, unwanted, wantedAgain } from '../domain/ledger.js';
import { occurrenceTaskId } from '../domain/occurrence-id.js';
import type { OccurrenceDate, Schedule } from '../domain/schedule.js';
import {
  addOccurrences,
  countAhead,
  generationsByDay,
  occurrencesByKey,
  occurrencesToCome,
  saveOccurrences,
  takenTaskIds,
  type OccurrenceRow,
  type PlannedOccurrence,
} from '../persistence/occurrence-rows.js';
import { savePlan, type TemplateRow } from '../persistence/template-rows.js';
import { planMoved } from './plan-moved.js';
import { planSuccessor } from './successor.js';

/** The most tasks that are made ahead of their time. */
export const MAX_AHEAD = 1_000;
/** Where that is why nothing more is planned, or where tasks has to be told first: when to look again. */
const LOOK_AGAIN_MS = 60_000;
const DAY_MS = 24 * 60 * 60 * 1_000;
/** Of a key: its day. */
const DAY_LENGTH = 'YYYY-MM-DD'.length;
/** How many dates are looked up at once. */
const CHUNK = 500;

export interface PlanLimits {
  /** How far ahead, in days. */
  days: number;
  /** The most new occurrences in one go. */
  batch: number;
}

export interface Planned {
  /** When there is more to plan; null: never, unless the template changes. */
  nextRunAt: Date | null;
  /** When somebody looks who finds it as it is now: after a crash. RFC 3339. */
  plannedRunAt: string;
}

/** In a transaction, of a row that is locked. */
export async function plan(on: Executor, row: TemplateRow, limits: PlanLimits): Promise<Planned> {
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
  if (isStopped(row)) return { before: row.planned_before, through: row.planned_through, nextRunAt: null };
  if (row.anchor === 'completion') return planSuccessor(on, row, nowMs);
  const moved = await planMoved(on, row, limits.days * DAY_MS, nowMs);
  const end = await extend(on, row, limits, nowMs);
  return { ...end, nextRunAt: earlierOf(end.nextRunAt, moved) };
}

function earlierOf(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}

/** What is planned follows the template as it is now. */
async function replan(on: Executor, row: TemplateRow, nowMs: number): Promise<void> {
  const isChain = row.anchor === 'completion';
  const now = new Date(nowMs).toISOString();
  const rows = await occurrencesToCome(on, row, { from: keyBefore(nowMs), now, open: isChain });
  const live = isChain ? liveOf(rows, nowMs) : undefined;
  const stopped = isStopped(row);
  const byZoneData = row.zone_revision === row.revision && row.planned_revision === row.revision - 1;
  const schedule = scheduleOf(row);
  const changes: { was: OccurrenceRow; row: OccurrenceRow }[] = [];
  for (const was of rows) {
    if (isClosed(was) || (isPast(was, nowMs) && was !== live)) continue;
    const goes = stopped || (isChain && was !== live);
    const next = goes ? withdrawn(was) : followed(row, schedule, was, byZoneData);
    if (!next || (byZoneData && !isMovedBy(row, was, next))) continue;
    changes.push({ was, row: byZoneData ? { ...next, zone_revision: next.revision } : next });
  }
  await saveOccurrences(on, changes);
}

/** Of a chain by completion: of several, where it has just become one, the last that has begun or the first to come. */
function liveOf(rows: readonly OccurrenceRow[], nowMs: number): OccurrenceRow | undefined {
  const open = rows.filter((one) => one.wanted && !isClosed(one));
  return open.findLast((one) => isPast(one, nowMs)) ?? open[0];
}

function isStopped({ status, deleted_at: deletedAt }: TemplateRow): boolean {
  return status !== 'active' || deletedAt !== null;
}

/** Nothing is to come of a template that is paused or has ended, but for what somebody has worked on. */
function withdrawn(was: OccurrenceRow): OccurrenceRow | undefined {
  return was.wanted && !isProtected(was) ? unwanted(was) : undefined;
}

function followed(row: TemplateRow, schedule: Schedule, was: OccurrenceRow, byZoneData: boolean): OccurrenceRow {
  // In a chain by completion, the one that is live keeps its date.
  const isChain = row.anchor === 'completion';
  const date = isChain ? asIs(was, byZoneData ? row.zone : undefined) : dateAt(row, schedule, was.original_start);
  if (!date || was.wanted) return replanned(was, date);
  // What is not wanted is found again when the plan gets there.
  return { ...was, fits: true, at: new Date(date.at).toISOString() };
}

/** @param zone where its local time is read anew. */
function asIs(was: OccurrenceRow, zone: string | undefined): OccurrenceDate {
  const { original_start: originalStart, at, note } = was;
  const isNew = zone !== undefined && !originalStart.endsWith('Z') && !isPast(was, Date.now());
  const atMs = isNew ? instantOfWallTime(zone, Temporal.PlainDateTime.from(originalStart)) : Date.parse(at);
  return { originalStart, at: atMs, note: note as OccurrenceDate['note'] };
}

/** The template is as it was: only where an instant may differ, tasks is told. An offset in days may end after a change. */
function isMovedBy({ due_offset: offset }: TemplateRow, was: OccurrenceRow, next: OccurrenceRow): boolean {
  return offset !== null || next.at !== was.at || next.fits !== was.fits || next.wanted !== was.wanted;
}

/** Until when, in milliseconds. */
function reached(before: string | null, until: number, nextRunAt: Date | null): Reached {
  return { before, through: new Date(until).toISOString(), nextRunAt };
}

async function extend(on: Executor, row: TemplateRow, { days, batch }: PlanLimits, nowMs: number): Promise<Reached> {
  const horizonMs = nowMs + days * DAY_MS;
  if (row.planned_before === END) return reached(END, horizonMs, null);
  const planFromMs = Date.parse(row.plan_from);
  const ahead = await countAhead(on, row.id, row.series_id, keyBefore(nowMs));
  const room = Math.min(batch, MAX_AHEAD - ahead);
  let added = 0;
  let through = row.planned_before === null ? null : row.planned_through;
  // What was planned farther ahead than is asked for now is there all the same.
  const untilMs = Math.max(horizonMs, throughOf(through, nowMs));
  let chunk: OccurrenceDate[] = [];
  const flush = async (): Promise<string | undefined> => {
    const { count, stuckAt } = await addDates(on, row, chunk);
    added += count;
    const last = chunk.at(-1);
    if (last) through = new Date(last.at).toISOString();
    chunk = [];
    return stuckAt;
  };

  for (const date of datesFrom(row, row.planned_before ?? keyBefore(planFromMs))) {
    if (date.at < planFromMs) continue;
    const full = added + chunk.length >= room;
    if (date.at >= horizonMs || full || chunk.length === CHUNK) {
      const stuckAt = await flush();
      if (stuckAt !== undefined) return reached(stuckAt, nowMs, new Date(nowMs));
      if (date.at >= horizonMs) return reached(date.originalStart, untilMs, wakeAt(date.at - days * DAY_MS, nowMs));
      if (added >= room) return reached(date.originalStart, throughOf(through, nowMs), cutWake(ahead + added, nowMs));
    }
    chunk.push(date);
  }
  const stuckAt = await flush();
  if (stuckAt !== undefined) return reached(stuckAt, nowMs, new Date(nowMs));
  // No date is left: whatever comes after the last one is nothing.
  return reached(END, horizonMs, null);
}

/** Behind every key. */
const END = '~';

function throughOf(through: string | null, nowMs: number): number {
  return through === null ? nowMs : Date.parse(through);
}

function wakeAt(ms: number, nowMs: number): Date {
  return new Date(Math.max(ms, nowMs + LOOK_AGAIN_MS));
}

/** Cut by the batch: at once. By what may be made ahead: in a while. */
function cutWake(ahead: number, nowMs: number): Date {
  return new Date(ahead >= MAX_AHEAD ? nowMs + LOOK_AGAIN_MS : nowMs);
}

interface Added {
  count: number;
  /** The first that cannot be planned before tasks is told what it was. */
  stuckAt?: string;
}

async function addDates(on: Executor, row: TemplateRow, dates: readonly OccurrenceDate[]): Promise<Added> {
  if (dates.length === 0) return { count: 0 };
  const known = new Map(
    (
      await occurrencesByKey(
        on,
        row.series_id,
        dates.map(({ originalStart }) => originalStart),
      )
    ).map((one) => [one.original_start, one]),
  );
  const changes: { was: OccurrenceRow; row: OccurrenceRow }[] = [];
  const fresh: OccurrenceDate[] = [];
  for (const date of dates) {
    const was = known.get(date.originalStart);
    if (!was) fresh.push(date);
    else if (!was.wanted && !was.skipped && !isClosed(was) && !isMoved(row, was)) {
      if (isUnsettled(was)) return { count: await save(on, row, changes, fresh), stuckAt: date.originalStart };
      changes.push({
        was,
        row: wantedAgain({ ...was, template_id: row.id, fits: true, at: new Date(date.at).toISOString() }),
      });
    }
  }
  return { count: await save(on, row, changes, fresh) };
}

/** Elsewhere than its date: it is planned by that. */
function isMoved({ plan_from: planFrom }: TemplateRow, { moved_to: movedTo }: OccurrenceRow): boolean {
  return movedTo !== null && movedTo >= planFrom;
}

async function save(
  on: Executor,
  row: TemplateRow,
  changes: readonly { was: OccurrenceRow; row: OccurrenceRow }[],
  fresh: readonly OccurrenceDate[],
): Promise<number> {
  await saveOccurrences(on, changes);
  const planned = await numbered(on, row, fresh);
  await addOccurrences(on, row, planned);
  return changes.length + planned.length;
}

/**
 * One that was given another key, as the hour of the rule changed, has taken its id with it, and may have had others under
 * its former key: the next one that nobody can have had is free. Keys change within their day only.
 */
async function numbered(
  on: Executor,
  { series_id: seriesId }: TemplateRow,
  fresh: readonly OccurrenceDate[],
): Promise<PlannedOccurrence[]> {
  const latest = await latestGenerations(on, seriesId, fresh);
  const planned = fresh.map(({ originalStart, at, note }) => {
    const generation = (latest.get(originalStart.slice(0, DAY_LENGTH)) ?? -1) + 1;
    const taskId = occurrenceTaskId(seriesId, originalStart, generation);
    return { original_start: originalStart, at_ms: at, note, generation, task_id: taskId };
  });
  for (let open: PlannedOccurrence[] = planned; open.length > 0;) {
    const taken = await takenTaskIds(
      on,
      open.map(({ task_id }) => task_id),
    );
    open = open.filter(({ task_id }) => taken.has(task_id));
    for (const one of open) {
      one.generation += 1;
      one.task_id = occurrenceTaskId(seriesId, one.original_start, one.generation);
    }
  }
  return planned;
}

/** By day: of the occurrences there that have come back. */
async function latestGenerations(
  on: Executor,
  seriesId: string,
  fresh: readonly OccurrenceDate[],
): Promise<ReadonlyMap<string, number>> {
  const [first, last] = [fresh[0], fresh.at(-1)];
  if (!first || !last) return new Map();
  // Behind every time of the last day.
  return generationsByDay(
    on,
    seriesId,
    first.originalStart.slice(0, DAY_LENGTH),
    `${last.originalStart.slice(0, DAY_LENGTH)}~`,
  );
}
