// One event per due date for a task that is due soon: the mark and the event are one statement, on whichever node
// comes first. It changes nothing that a client sees, so the version stays.
import type { Database, Statement } from '@mono/platform';
import type { OutboxSignal } from '@mono/bus/outbox';
import { uuidv7 } from 'uuidv7';
import { OPEN_STATUSES } from '../../contract/task-constants.js';
import { tasksEvents } from '../../contract/tasks.events.js';
import { literals } from '../persistence/literals.js';

const BATCH = 500;
const { name, subject } = tasksEvents.due_soon;

const MARK: Statement = {
  name: 'tasks.due_soon',
  text: `
    WITH due AS (
      SELECT id FROM tasks.task
      WHERE due_instant > clock_timestamp() AND due_instant <= clock_timestamp() + make_interval(mins => $1)
        AND due_soon_for IS DISTINCT FROM due_instant AND status IN (${literals(OPEN_STATUSES)})
      ORDER BY due_instant LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
    ),
    task AS (
      UPDATE tasks.task t SET due_soon_for = t.due_instant FROM due WHERE t.id = due.id RETURNING t.*
    ),
    event AS (
      INSERT INTO tasks.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
      SELECT ($2::uuid[])[row_number() OVER ()], '${subject}', t.id, t.version, greatest(clock_timestamp()::timestamptz(3), t.updated_at),
        (jsonb_build_object('event', '${name}', 'aggregate', 'task', 'aggregate_id', t.id, 'workspace_id', t.workspace_id,
          'actor', jsonb_build_object('kind', 'system', 'id', 'due_soon'), 'request_id', 'due_soon', 'origin', 'system',
          'changes', '{}'::jsonb,
          'due', jsonb_build_object('title', t.title, 'list_id', t.list_id, 'assignee_id', t.assignee_id, 'due_on', t.due_on,
            'due_at', to_char(t.due_instant AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))) || CASE
          WHEN t.series_id IS NULL THEN '{}'::jsonb
          ELSE jsonb_build_object('occurrence', jsonb_build_object(
            'template_id', t.template_id, 'series_id', t.series_id, 'original_start', t.original_start)) END)::json
      FROM task t
    )
    SELECT id FROM task`,
};

/** @param leadMinutes how long before its due date a task is due soon. @returns how many events were added. */
export async function addDueSoonEvents(database: Database, signal: OutboxSignal, leadMinutes: number): Promise<number> {
  let added = 0;
  for (;;) {
    const rows = await database.query(MARK, [leadMinutes, Array.from({ length: BATCH }, uuidv7)]);
    added += rows.length;
    if (rows.length > 0) signal.wake();
    if (rows.length < BATCH) return added;
  }
}
