// Adds dates of a rule to the ledger, each once.
import type { Executor } from '@mono/platform';
import { isClosed, isOutOfSync, wantedAgain } from '../domain/ledger.js';
import { occurrenceTaskId } from '../domain/occurrence-id.js';
import type { OccurrenceRow } from '../domain/occurrence.js';
import type { OccurrenceDate } from '../domain/schedule.js';
import { occurrencesByKey, saveOccurrences } from '../persistence/occurrences.store.js';
import {
  addOccurrences,
  generationsByDay,
  takenTaskIds,
  type PlannedOccurrence,
} from '../persistence/planning.store.js';
import type { TemplateRow } from '../persistence/templates.store.js';

/** The length of the day of a key. */
const DAY_LENGTH = 'YYYY-MM-DD'.length;

export interface Added {
  count: number;
  /** The first date that was not added. Tasks has to know the latest revision of its occurrence, or there is no room. */
  stop?: { date: OccurrenceDate; because: 'out of sync' | 'full' };
}

/** @param room the most that are added; dates that are planned already do not count. */
export async function addDates(
  on: Executor,
  row: TemplateRow,
  dates: readonly OccurrenceDate[],
  room: number,
): Promise<Added> {
  if (dates.length === 0) return { count: 0 };
  const keys = dates.map(({ originalStart }) => originalStart);
  const known = new Map((await occurrencesByKey(on, row.series_id, keys)).map((one) => [one.original_start, one]));
  const changes: { was: OccurrenceRow; row: OccurrenceRow }[] = [];
  const fresh: OccurrenceDate[] = [];
  let stop: Added['stop'];
  for (const date of dates) {
    const was = known.get(date.originalStart);
    if (was && !isMissing(row, was)) continue;
    if (changes.length + fresh.length >= room) stop = { date, because: 'full' };
    else if (was && isOutOfSync(was)) stop = { date, because: 'out of sync' };
    if (stop) break;
    if (was) changes.push({ was, row: again(row, was, date) });
    else fresh.push(date);
  }
  const count = await save(on, row, changes, fresh);
  return stop ? { count, stop } : { count };
}

function isMissing(row: TemplateRow, was: OccurrenceRow): boolean {
  return !was.wanted && !was.skipped && !isClosed(was) && !isMoved(row, was);
}

function again({ id }: TemplateRow, was: OccurrenceRow, { at }: OccurrenceDate): OccurrenceRow {
  return wantedAgain({ ...was, template_id: id, fits: true, at: new Date(at).toISOString() });
}

/** A moved occurrence is planned by its new start. */
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
 * Chooses task ids that were never used. An occurrence that got another key, because the hour of the rule changed, keeps the id
 * of its former key. Keys change within their day only.
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

/** By day. */
async function latestGenerations(
  on: Executor,
  seriesId: string,
  fresh: readonly OccurrenceDate[],
): Promise<ReadonlyMap<string, number>> {
  const [first, last] = [fresh[0], fresh.at(-1)];
  if (!first || !last) return new Map();
  // After every time of the last day.
  return generationsByDay(
    on,
    seriesId,
    first.originalStart.slice(0, DAY_LENGTH),
    `${last.originalStart.slice(0, DAY_LENGTH)}~`,
  );
}
