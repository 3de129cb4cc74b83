// The occurrences whose latest revision tasks does not know, and its replies.
import type { Executor, Statement } from '@mono/platform';
import type { TaskStatus } from '@mono/tasks/contract';
import type { OccurrenceRow } from '../domain/occurrence.js';
import { OCCURRENCE_COLUMNS } from './occurrences.store.js';

const TO_SYNC: Statement = {
  name: 'recurrence.occurrences_to_sync',
  text: `SELECT ${OCCURRENCE_COLUMNS} FROM recurrence.occurrence o
    WHERE o.template_id = $1 AND o.settled_revision < o.revision ORDER BY o.original_start LIMIT $2`,
};

const SAVE_RESULTS: Statement = {
  name: 'recurrence.save_sync_results',
  text: `UPDATE recurrence.occurrence o SET
      settled_revision = greatest(o.settled_revision, n.revision),
      made = o.made OR n.made,
      wanted = CASE WHEN o.revision = n.revision AND NOT o.skipped THEN coalesce(n.wanted, o.wanted) ELSE o.wanted END,
      skipped = CASE WHEN o.revision = n.revision THEN o.skipped OR n.gone ELSE o.skipped END,
      forced = o.forced AND o.revision <> n.revision,
      task_status = coalesce(o.task_status, n.task_status)
    FROM unnest($1::uuid[], $2::integer[], $3::boolean[], $4::boolean[], $5::boolean[], $6::text[])
      AS n (task_id, revision, made, wanted, gone, task_status)
    WHERE o.task_id = n.task_id`,
};

/** The reply of tasks about one occurrence. */
export interface SyncResult {
  task_id: string;
  revision: number;
  made: boolean;
  /** The decision of tasks; null if it is as requested. */
  wanted: boolean | null;
  /** The task is deleted. */
  gone: boolean;
  task_status: TaskStatus | null;
}

export function occurrencesToSync(on: Executor, templateId: string, limit: number): Promise<OccurrenceRow[]> {
  return on.query<OccurrenceRow>(TO_SYNC, [templateId, limit]);
}

export async function saveSyncResults(on: Executor, results: readonly SyncResult[]): Promise<void> {
  if (results.length === 0) return;
  const column = <F extends keyof SyncResult>(field: F): SyncResult[F][] => results.map((item) => item[field]);
  await on.query(SAVE_RESULTS, [
    column('task_id'),
    column('revision'),
    column('made'),
    column('wanted'),
    column('gone'),
    column('task_status'),
  ]);
}
