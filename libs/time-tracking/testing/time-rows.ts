// For tests: tasks, transitions, spans and entries put into the tables as they are, many at once.
import type { Database } from '@mono/platform';

export interface TaskRow {
  task_id: string;
  workspace_id: string;
  title: string | null;
  list_id: string | null;
  tags: string[] | null;
  assignee_id: string | null;
  template_id: string | null;
  estimated_duration: string | null;
  status: string | null;
  status_seen: number;
}

export interface TransitionRow {
  task_id: string;
  version: number;
  workspace_id: string;
  from_status: string | null;
  to_status: string | null;
  occurred_at: string;
}

export interface SpanOfTime {
  task_id: string;
  version: number;
  workspace_id: string;
  started_at: string;
  ended_at: string | null;
  actor_id: string;
}

export interface EntryOfTime {
  id: string;
  workspace_id: string;
  user_id: string;
  task_id: string | null;
  started_at: string;
  ended_at: string | null;
  tags: string[];
  billable: boolean;
  source: 'manual' | 'timer';
}

export interface TimeRows {
  tasks: TaskRow[];
  transitions: TransitionRow[];
  spans: SpanOfTime[];
  entries: EntryOfTime[];
}

export async function insertTimeRows(database: Database, rows: Partial<TimeRows>): Promise<void> {
  const { tasks = [], transitions = [], spans = [], entries = [] } = rows;
  await database.query(
    `INSERT INTO time_tracking.task (task_id, workspace_id, title, list_id, tags, assignee_id, template_id, estimated_duration, status, status_seen)
     SELECT task_id, workspace_id, title, list_id, tags, assignee_id, template_id, estimated_duration, status, status_seen
     FROM json_populate_recordset(NULL::time_tracking.task, $1)`,
    [JSON.stringify(tasks)],
  );
  await database.query(
    `INSERT INTO time_tracking.transition (task_id, version, workspace_id, from_status, to_status, occurred_at, actor_kind, actor_id, request_id)
     SELECT task_id, version, workspace_id, from_status, to_status, occurred_at, 'user', 'somebody', 'test'
     FROM json_populate_recordset(NULL::time_tracking.transition, $1)`,
    [JSON.stringify(transitions)],
  );
  await database.query(
    `INSERT INTO time_tracking.span (task_id, version, workspace_id, started_at, ended_at, actor_kind, actor_id)
     SELECT task_id, version, workspace_id, started_at, ended_at, 'user', actor_id
     FROM json_populate_recordset(NULL::time_tracking.span, $1)`,
    [JSON.stringify(spans)],
  );
  await database.query(
    `INSERT INTO time_tracking.entry (id, workspace_id, user_id, task_id, started_at, ended_at, tags, billable, source, created_at, updated_at)
     SELECT id, workspace_id, user_id, task_id, started_at, ended_at, tags, billable, source, now(), now()
     FROM json_populate_recordset(NULL::time_tracking.entry, $1)`,
    [JSON.stringify(entries)],
  );
}
