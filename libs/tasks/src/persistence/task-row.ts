// A row of "tasks"."task" and the Task that the API shows: the one place where columns become fields.
import {
  OPEN_STATUSES,
  type SubtaskCounts,
  type Task,
  type TaskPriority,
  type TaskStatus,
} from '../../contract/index.js';
import { literals } from './literals.js';

export interface TaskRow {
  id: string;
  list_id: string;
  parent_id: string | null;
  title: string;
  description: string | null;
  status: TaskStatus;
  priority: TaskPriority;
  tags: string[];
  assignee_id: string | null;
  position: string;
  due_at: string | null;
  due_on: string | null;
  starts_on: string | null;
  timezone: string | null;
  estimated_duration: string | null;
  actual_duration: string | null;
  actual_duration_version: number;
  template_id: string | null;
  series_id: string | null;
  original_start: string | null;
  blocked_by_open: number;
  subtask_counts: SubtaskCounts;
  completed_at: string | null;
  version: number;
  created_at: string;
  updated_at: string;
}

/** What to select from "tasks"."task" under an alias. Dates as text: pg would read them in the process's own time zone. */
export function taskColumns(alias: string): string {
  return `${storedColumns(alias)}, ${countedColumns(alias)}`;
}

/** As taskColumns, of tasks that have neither relations nor subtasks yet. */
export function newTaskColumns(alias: string): string {
  return `${storedColumns(alias)}, 0 AS blocked_by_open, ${subtaskCounts('0', '0')} AS subtask_counts`;
}

/** Counted when read, by probes of indexes: a task does not change with those that block it, nor with its subtasks. */
export function countedColumns(alias: string): string {
  const counts = subtaskCounts(
    `count(*) FILTER (WHERE c.status IN (${literals(OPEN_STATUSES)}))`,
    `count(*) FILTER (WHERE c.status = 'done')`,
  );
  return `(SELECT count(*)::int ${openBlockersOf(alias)}) AS blocked_by_open,
    (SELECT ${counts} FROM tasks.task c WHERE c.parent_id = ${alias}.id) AS subtask_counts`;
}

function subtaskCounts(open: string, done: string): string {
  return `json_build_object('open', ${open}, 'done', ${done})`;
}

function storedColumns(alias: string): string {
  return COLUMNS.map((column) =>
    DATES.has(column) ? `${alias}.${column}::text AS ${column}` : `${alias}.${column}`,
  ).join(', ');
}

/**
 * FROM and WHERE of the open tasks `b` that block a task under an alias. The relation says the workspace: said of `b` as well, planners
 * that know nothing of the tables read all of its tasks.
 */
export function openBlockersOf(alias: string): string {
  return `FROM tasks.relation r JOIN tasks.task b ON b.id = r.task_id
    WHERE r.workspace_id = ${alias}.workspace_id AND r.other_id = ${alias}.id AND r.kind = 'blocks'
      AND b.status IN (${literals(OPEN_STATUSES)})`;
}

export function toTask(row: TaskRow): Task {
  return {
    id: row.id,
    list_id: row.list_id,
    parent_id: row.parent_id,
    title: row.title,
    description: row.description,
    status: row.status,
    priority: row.priority,
    tags: row.tags,
    assignee_id: row.assignee_id,
    position: row.position,
    due_at: row.due_at,
    due_on: row.due_on,
    starts_on: row.starts_on,
    timezone: row.timezone,
    estimated_duration: row.estimated_duration,
    actual_duration: row.actual_duration,
    actual_duration_version: row.actual_duration_version,
    template_id: row.template_id,
    series_id: row.series_id,
    original_start: row.original_start,
    blocked_by_open: row.blocked_by_open,
    subtask_counts: row.subtask_counts,
    completed_at: row.completed_at,
    version: row.version,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

const DATES: ReadonlySet<string> = new Set(['due_on', 'starts_on']);
const COLUMNS: readonly Exclude<keyof TaskRow, 'blocked_by_open' | 'subtask_counts'>[] = [
  'id',
  'list_id',
  'parent_id',
  'title',
  'description',
  'status',
  'priority',
  'tags',
  'assignee_id',
  'position',
  'due_at',
  'due_on',
  'starts_on',
  'timezone',
  'estimated_duration',
  'actual_duration',
  'actual_duration_version',
  'template_id',
  'series_id',
  'original_start',
  'completed_at',
  'version',
  'created_at',
  'updated_at',
];
