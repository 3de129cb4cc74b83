// Brings planned occurrences in line with their template after a change of it.
import { instantOfWallTime } from '@mono/contract/zones';
import type { Executor } from '@mono/platform';
import { Temporal } from 'temporal-polyfill';
import { dateAt, keyBefore, scheduleOf } from '../domain/dates.js';
import { isClosed, isPast, isProtected, replanned, unwanted } from '../domain/ledger.js';
import type { OccurrenceRow } from '../domain/occurrence.js';
import type { OccurrenceDate, Schedule } from '../domain/schedule.js';
import { isStopped } from '../domain/template-state.js';
import { saveOccurrences } from '../persistence/occurrences.store.js';
import { occurrencesToCome } from '../persistence/planning.store.js';
import { occurrencesToSync } from '../persistence/task-sync.store.js';
import type { TemplateRow } from '../persistence/templates.store.js';

/** The most occurrences of a template that are ahead, or nearly. */
const MOST = 5_000;

/** On a locked row. */
export async function replan(on: Executor, row: TemplateRow, nowMs: number): Promise<void> {
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
    const next = goes ? withdrawn(row, was) : followed(row, schedule, was, byZoneData);
    if (!next || (byZoneData && !isMovedBy(row, was, next))) continue;
    changes.push({ was, row: byZoneData ? { ...next, zone_revision: next.revision } : next });
  }
  await saveOccurrences(on, changes);
}

/** The live occurrence of a chain by completion. A template that has just become one has several: the last past one, or the first. */
function liveOf(rows: readonly OccurrenceRow[], nowMs: number): OccurrenceRow | undefined {
  const open = rows.filter((one) => one.wanted && !isClosed(one));
  return open.findLast((one) => isPast(one, nowMs)) ?? open[0];
}

/** On a locked row that has ended with its list: the tasks that were to move to the list are withdrawn where they are. */
export async function withdrawOutOfSync(on: Executor, row: TemplateRow): Promise<void> {
  const rows = await occurrencesToSync(on, row.id, MOST);
  const changes = rows.flatMap((was) =>
    was.wanted && !isProtected(was) && was.fields?.list_id === undefined ? [{ was, row: unwanted(was) }] : [],
  );
  await saveOccurrences(on, changes);
}

/**
 * A template that is paused or ended keeps only the tasks that users have worked on. The tasks module deletes those of a deleted
 * list by itself, and a request to withdraw them could come after the list is restored.
 */
function withdrawn(
  { before_list_deletion: endedWithList }: TemplateRow,
  was: OccurrenceRow,
): OccurrenceRow | undefined {
  if (!was.wanted || isProtected(was)) return undefined;
  return endedWithList !== null && was.made ? undefined : unwanted(was);
}

function followed(row: TemplateRow, schedule: Schedule, was: OccurrenceRow, byZoneData: boolean): OccurrenceRow {
  // The live occurrence of a chain by completion keeps its date.
  const isChain = row.anchor === 'completion';
  const date = isChain ? asIs(was, byZoneData ? row.zone : undefined) : dateAt(row, schedule, was.original_start);
  if (!date || was.wanted) return replanned(was, date);
  // Planning wants it again when it reaches the date.
  return { ...was, fits: true, at: new Date(date.at).toISOString() };
}

/** @param zone in which its local time is resolved again. */
function asIs(was: OccurrenceRow, zone: string | undefined): OccurrenceDate {
  const { original_start: originalStart, at, note } = was;
  const isNew = zone !== undefined && !originalStart.endsWith('Z') && !isPast(was, Date.now());
  const atMs = isNew ? instantOfWallTime(zone, Temporal.PlainDateTime.from(originalStart)) : Date.parse(at);
  return { originalStart, at: atMs, note: note as OccurrenceDate['note'] };
}

/** Whether new zone data may change an instant. An offset in days may end after a change of the clocks. */
function isMovedBy({ due_offset: offset }: TemplateRow, was: OccurrenceRow, next: OccurrenceRow): boolean {
  return offset !== null || next.at !== was.at || next.fits !== was.fits || next.wanted !== was.wanted;
}
