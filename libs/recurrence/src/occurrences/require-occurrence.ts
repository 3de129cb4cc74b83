// Finds one occurrence of a template and checks that it may change.
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
  /** Its row of the ledger, or the one that it would have. */
  row: OccurrenceRow;
  known: boolean;
}

/**
 * @param reach of the caller: an occurrence in another list does not exist for it.
 * @throws DomainError `occurrence_not_found` if neither the rule nor the ledger has it.
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
  // Tasks does not know it, so that it is in sync.
  return { row: { ...newOccurrence(template, date), wanted: false, settled_revision: 1 }, known: false };
}

/** @throws DomainError `occurrence_closed`, `occurrence_past` */
export function requireChangeable(template: TemplateRow, row: OccurrenceRow): void {
  if (isClosed(row)) {
    throw recurrenceErrors.occurrence_closed({ task_status: row.task_status });
  }
  // The live occurrence of a chain by completion stays changeable.
  if (template.anchor === 'schedule' && isPast(row, Date.now())) {
    throw recurrenceErrors.occurrence_past();
  }
}
