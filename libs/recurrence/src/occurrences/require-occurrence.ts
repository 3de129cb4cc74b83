// One occurrence of a template that may still be changed.
import type { Executor } from '@mono/platform';
import { recurrenceErrors } from '../../contract/recurrence.errors.js';
import { dateAt, scheduleOf } from '../domain/dates.js';
import { isClosed, isPast } from '../domain/ledger.js';
import { reachesOccurrence, type Reach } from '../domain/reach.js';
import { newOccurrence } from '../generation/successor.js';
import type { OccurrenceRow } from '../domain/occurrence.js';
import { occurrencesByKey } from '../persistence/occurrences.store.js';
import type { TemplateRow } from '../persistence/templates.store.js';

export interface Found {
  /** As it stands in the ledger, or as it would stand there. */
  row: OccurrenceRow;
  known: boolean;
}

/**
 * @param reach of the caller: what was put into a list beyond it is not there.
 * @throws DomainError `occurrence_not_found` where the rule has none and never had a task for one.
 */
export async function requireOccurrence(
  on: Executor,
  reach: Pick<Reach, 'listIds'>,
  template: TemplateRow,
  originalStart: string,
): Promise<Found> {
  const [known] = await occurrencesByKey(on, template.series_id, [originalStart]);
  if (known?.template_id === template.id && reachesOccurrence(reach, known)) return { row: known, known: true };
  const date =
    known || template.anchor === 'completion' ? undefined : dateAt(template, scheduleOf(template), originalStart);
  if (!date) throw recurrenceErrors.occurrence_not_found({ id: originalStart });
  // Nothing has been asked of tasks yet, so there is nothing to be settled.
  return { row: { ...newOccurrence(template, date), wanted: false, settled_revision: 1 }, known: false };
}

/** @throws DomainError `occurrence_closed`, `occurrence_past` */
export function requireChangeable(template: TemplateRow, row: OccurrenceRow): void {
  if (isClosed(row)) {
    throw recurrenceErrors.occurrence_closed({ task_status: row.task_status });
  }
  // The live one of a chain by completion waits however long.
  if (template.anchor === 'schedule' && isPast(row, Date.now())) {
    throw recurrenceErrors.occurrence_past();
  }
}
