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
  /** The first date that has to wait until tasks knows the latest revision of its occurrence. */
  stuckAt?: string;
}

export async function addDates(on: Executor, row: TemplateRow, dates: readonly OccurrenceDate[]): Promise<Added> {
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
      if (isOutOfSync(was)) return { count: await save(on, row, changes, fresh), stuckAt: date.originalStart };
      changes.push({
        was,
        row: wantedAgain({ ...was, template_id: row.id, fits: true, at: new Date(date.at).toISOString() }),
      });
    }
  }
  return { count: await save(on, row, changes, fresh) };
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
