// Plans a chain by completion: exactly one occurrence is live, and the next one is planned when that is closed.
import type { Executor } from '@mono/platform';
import { datesFrom, keyBefore } from '../domain/dates.js';
import { isClosed, isOutOfSync, wantedAgain } from '../domain/ledger.js';
import { occurrenceTaskId } from '../domain/occurrence-id.js';
import type { OccurrenceDate } from '../domain/schedule.js';
import { countOf, successorDates } from '../domain/successor-dates.js';
import type { OccurrenceRow } from '../domain/occurrence.js';
import {
  findLastClosed,
  findLive,
  insertOccurrence,
  occurrencesByKey,
  saveOccurrences,
} from '../persistence/occurrences.store.js';
import type { TemplateRow } from '../persistence/templates.store.js';

/** The most consecutive dates that may be skipped or closed already. */
const MAX_TAKEN = 1_000;

interface Reached {
  before: string | null;
  through: string | null;
  nextRunAt: Date | null;
}

export async function planSuccessor(on: Executor, row: TemplateRow, nowMs: number): Promise<Reached> {
  const live = await findLive(on, row.id, row.series_id);
  if (live) return { before: null, through: live.at, nextRunAt: null };
  const { last, count } = await findLastClosed(on, row.id, row.series_id);
  if (count >= (countOf(row.rule) ?? Infinity)) return { before: null, through: row.planned_through, nextRunAt: null };
  const planned = await planFirst(on, row, candidates(row, last), last);
  if (planned.later) return { before: null, through: row.planned_through, nextRunAt: new Date(nowMs) };
  return { before: null, through: planned.at ?? row.planned_through, nextRunAt: null };
}

function* candidates(row: TemplateRow, last: OccurrenceRow | undefined): Iterable<OccurrenceDate> {
  const planFromMs = Date.parse(row.plan_from);
  const from = keyBefore(planFromMs);
  const dates = last?.closed_at
    ? successorDates(row.rule, row.zone, { original_start: last.original_start, closed_at: last.closed_at }, from)
    : datesFrom(row, from);
  for (const date of dates) if (date.at >= planFromMs) yield date;
}

/** @returns its start; nothing when the rule has no further date; `later` when tasks has to learn of a revision first. */
async function planFirst(
  on: Executor,
  row: TemplateRow,
  dates: Iterable<OccurrenceDate>,
  last: OccurrenceRow | undefined,
): Promise<{ at?: string; later?: true }> {
  let taken = 0;
  for (const date of dates) {
    const [known] = await occurrencesByKey(on, row.series_id, [date.originalStart]);
    const at = new Date(date.at).toISOString();
    if (!known) {
      await insertOccurrence(on, newOccurrence(row, date, last));
      return { at };
    }
    if (!known.skipped && !isClosed(known)) {
      if (isOutOfSync(known)) return { later: true };
      const again = {
        ...known,
        template_id: row.id,
        at,
        fits: true,
        closed_at: null,
        predecessor_id: last?.task_id ?? null,
      };
      await saveOccurrences(on, [{ was: known, row: wantedAgain(again) }]);
      return { at };
    }
    taken += 1;
    if (taken === MAX_TAKEN) break;
  }
  return {};
}

/** An occurrence that is not in the ledger yet. */
export function newOccurrence(
  row: Pick<TemplateRow, 'id' | 'series_id' | 'workspace_id'>,
  date: OccurrenceDate,
  predecessor?: OccurrenceRow,
): OccurrenceRow {
  return {
    series_id: row.series_id,
    original_start: date.originalStart,
    template_id: row.id,
    workspace_id: row.workspace_id,
    at: new Date(date.at).toISOString(),
    note: date.note,
    generation: 0,
    task_id: occurrenceTaskId(row.series_id, date.originalStart, 0),
    wanted: true,
    made: false,
    fits: true,
    skipped: false,
    moved_to: null,
    fields: null,
    exception_version: 0,
    exception_at: null,
    revision: 1,
    settled_revision: 0,
    forced: false,
    task_status: null,
    seen: null,
    predecessor_id: predecessor?.task_id ?? null,
    closed_at: null,
    zone_revision: 0,
  };
}
