// Tasks as they are, or were when they were deleted, as far as filters read them.
import { Injectable } from '@nestjs/common';
import { Database } from '@mono/platform';
import type { ChangeToMatch } from '../../contract/index.js';
import { dueInstant } from '../domain/due.js';
import type { KnownTask } from '../domain/filter/task-history.js';
import { taskColumns, type TaskRow } from '../persistence/task-row.js';

const LIVE = {
  name: 'tasks.filterable_tasks',
  text: `SELECT ${taskColumns('t')}, t.due_instant FROM tasks.task t WHERE t.id = ANY($1::uuid[]) AND t.workspace_id = $2`,
};
const DELETED = {
  name: 'tasks.filterable_trash',
  text: `SELECT d.id, d.title, d.list_id, d.parent_id, d.actual_duration, d.content FROM tasks.trash d
    WHERE d.id = ANY($1::uuid[]) AND d.workspace_id = $2 AND d.kind = 'task'`,
};

/** How long ago a change may be for that newer ones are looked up. */
const NEWER_MS = 60_000;
/** The relay notes the beginning of its transaction. */
const MARGIN_MS = 10_000;
/** Along the indexes of the relay: those published since, and those that wait. */
const NEWER = {
  name: 'tasks.newer_changes',
  text: ['published_at >= $4::timestamptz', 'published_at IS NULL']
    .map(
      (place) => `SELECT o.aggregate_id AS task_id, o.version, o.occurred_at, o.payload->'changes' AS changes
        FROM unnest($1::uuid[], $2::int[]) AS n (id, version)
        JOIN tasks.outbox o ON o.aggregate_id = n.id AND o.version > n.version
        WHERE o.${place} AND o.payload->>'workspace_id' = $3 AND o.payload->>'aggregate' = 'task'`,
    )
    .join(' UNION ALL '),
};

export interface Known {
  task: KnownTask;
  /** null: it is deleted. */
  version: number | null;
}

type DeletedTask = Pick<TaskRow, 'id' | 'title' | 'list_id' | 'parent_id' | 'actual_duration'> & {
  content: Partial<KnownTask>;
};

/** A task that is gone for good. Its last changes have the values. */
export const UNKNOWN_TASK: KnownTask = {
  title: null,
  description: null,
  status: null,
  priority: null,
  tags: [],
  assignee_id: null,
  list_id: null,
  parent_id: null,
  template_id: null,
  due_instant: null,
  due_at: null,
  due_on: null,
  timezone: null,
  starts_on: null,
  estimated_duration: null,
  actual_duration: null,
  created_at: null,
  updated_at: null,
  completed_at: null,
  blocked_by_open: 0,
};

@Injectable()
export class KnownTasks {
  constructor(private readonly database: Database) {}

  /** Without those that are gone for good. */
  async read(workspaceId: string, ids: readonly string[]): Promise<Map<string, Known>> {
    const live = await this.database.query<TaskRow & { due_instant: string | null }>(LIVE, [ids, workspaceId]);
    const known = new Map<string, Known>(live.map((row) => [row.id, { task: row, version: row.version }]));
    const missing = ids.filter((id) => !known.has(id));
    if (missing.length === 0) return known;
    for (const { id, content, ...row } of await this.database.query<DeletedTask>(DELETED, [missing, workspaceId])) {
      const task: KnownTask = { ...UNKNOWN_TASK, ...content, ...row };
      known.set(id, { task: { ...task, due_instant: dueInstant(task) }, version: null });
    }
    return known;
  }

  /** The changes after these, which are the last known ones of their tasks, unless they were long ago. */
  async newer(workspaceId: string, last: readonly ChangeToMatch[]): Promise<ChangeToMatch[]> {
    const earliest = Date.now() - NEWER_MS;
    const recent = last.filter(({ occurred_at: at }) => Date.parse(at) >= earliest);
    if (recent.length === 0) return [];
    const since = Math.min(...recent.map(({ occurred_at: at }) => Date.parse(at))) - MARGIN_MS;
    const [ids, versions] = [recent.map(({ task_id: id }) => id), recent.map(({ version }) => version)];
    const values = [ids, versions, workspaceId, new Date(since).toISOString()];
    const rows = await this.database.query<ChangeToMatch>(NEWER, values);
    // `due_soon` has the version that it saw, and changes nothing.
    return rows.filter(({ changes }) => Object.keys(changes).length > 0);
  }
}
