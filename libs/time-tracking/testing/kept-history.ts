// For tests: all that the history says, but for which version a field is known from.
import type { Executor } from '@mono/platform';

export interface KeptHistory {
  transitions: object[];
  spans: object[];
  tasks: object[];
}

const TASK = `task_id, workspace_id, title, list_id, tags, assignee_id, template_id, estimated_duration, status, status_seen, worked_ms`;

export async function keptHistory(on: Executor): Promise<KeptHistory> {
  return {
    transitions: await on.query('SELECT * FROM time_tracking.transition ORDER BY task_id, version'),
    spans: await on.query('SELECT * FROM time_tracking.span ORDER BY task_id, version'),
    tasks: await on.query(`SELECT ${TASK} FROM time_tracking.task ORDER BY task_id`),
  };
}
