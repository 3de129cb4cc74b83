// Erases the time of a workspace that was deleted with the account of its last member.
import type { TransactionalExecutor } from '@mono/platform';
import { markErased } from '../persistence/record-history.js';

const TASKS = 500;
const BATCH = 5_000;

/** Tasks with what is found by them, a few at a time: what it costs follows what goes, not what the tables hold of others. */
const ERASE_TASKS = `
  WITH few AS MATERIALIZED (SELECT task_id FROM time_tracking.task WHERE workspace_id = $1 LIMIT ${TASKS}),
    spans AS (DELETE FROM time_tracking.span r USING few WHERE r.task_id = few.task_id),
    transitions AS (DELETE FROM time_tracking.transition r USING few WHERE r.task_id = few.task_id),
    tasks AS (DELETE FROM time_tracking.task r USING few WHERE r.task_id = few.task_id)
  SELECT 1 AS found FROM few LIMIT 1`;

const eraseFrom = (table: string): string => `
  WITH few AS MATERIALIZED (SELECT ctid FROM time_tracking.${table} WHERE workspace_id = $1 LIMIT ${BATCH}),
    gone AS (DELETE FROM time_tracking.${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM few)))
  SELECT 1 AS found FROM few LIMIT 1`;

const STATEMENTS = [eraseFrom('entry'), eraseFrom('settings'), ERASE_TASKS];

/** May be repeated: it goes on where it was. A row that somebody changes at this moment is found once more. */
export async function eraseWorkspace(database: TransactionalExecutor, workspaceId: string): Promise<void> {
  await database.transaction((on) => markErased(on, workspaceId));
  for (const statement of STATEMENTS) {
    while ((await database.query(statement, [workspaceId])).length > 0);
  }
}
