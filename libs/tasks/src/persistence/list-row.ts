// A list as its row holds it, and as the API shows it.
import { literals } from './literals.js';
import { isHiddenSubtask, isUpcoming } from './upcoming.js';
import type { Changes } from '@mono/contract';
import type { List } from '../../contract/list.js';
import {
  OPEN_STATUSES,
  type OnCompleteWithSubtasks,
  type TaskOrder,
  type TitlePolicy,
  type View,
} from '../../contract/task-constants.js';

/** The fields that users write. */
export interface ListState {
  title: string;
  title_policy: TitlePolicy;
  description: string | null;
  color: string | null;
  icon: string | null;
  position: string;
  archived: boolean;
  /** The zone of the days of its tasks. */
  timezone: string | null;
  default_view: View;
  default_order: TaskOrder | null;
  default_order_dir: 'asc' | 'desc';
  on_complete_with_subtasks: OnCompleteWithSubtasks;
}

export interface ListRow extends Omit<ListState, 'archived'> {
  id: string;
  is_inbox: boolean;
  archived_at: string | null;
  version: number;
  created_at: string;
  updated_at: string;
  total: number;
  /** Without upcoming occurrences. */
  open: number;
  upcoming: number;
  /** For the user who reads it; null without one. */
  favorite: boolean | null;
}

/** The settings, each a column of the same name, and what a new list has. Those with a default other than null are never null. */
export const SETTING_DEFAULTS: Omit<ListState, 'title' | 'position' | 'archived'> = {
  title_policy: 'any',
  description: null,
  color: null,
  icon: null,
  timezone: null,
  default_view: 'list',
  default_order: null,
  default_order_dir: 'asc',
  on_complete_with_subtasks: 'leave',
};

export const LIST_DEFAULTS: Omit<ListState, 'title' | 'position'> = { ...SETTING_DEFAULTS, archived: false };

const SETTINGS = Object.keys(SETTING_DEFAULTS) as (keyof typeof SETTING_DEFAULTS)[];
const FIELDS = ['title', 'position', 'archived', ...SETTINGS] as const;

/** The columns that a change writes as they are. */
export const WRITTEN_COLUMNS: readonly string[] = ['title', 'moved_to', ...SETTINGS];

/** The columns that the trash keeps in its content. With those that it has itself, they are all that a restored list needs. */
export const KEPT_COLUMNS: readonly string[] = ['moved_to', ...SETTINGS, 'archived_at', 'workflow', 'created_at'];

const COLUMNS = [
  'id',
  'title',
  'position',
  'is_inbox',
  'archived_at',
  ...SETTINGS,
  'version',
  'created_at',
  'updated_at',
]
  .map((column) => `l.${column}`)
  .join(', ');

/**
 * Counted when read, from an index on list and status: see ../../decisions/0003-counts-on-read.md. Upcoming occurrences are those that a
 * page of the list leaves out: all but the next one of each series, and the subtasks of these.
 */
function countsUntil(end: string): string {
  const instant = `${end}::timestamptz`;
  return `LEFT JOIN LATERAL (
    SELECT count(*)::int AS total, (count(*) FILTER (WHERE t.status IN (${literals(OPEN_STATUSES)})))::int AS open
    FROM tasks.task t WHERE t.list_id = l.id
  ) c ON true LEFT JOIN LATERAL (
    SELECT (coalesce(sum(s.tasks - 1), 0) + (
      SELECT count(*) FROM tasks.task t WHERE t.list_id = l.id AND ${isHiddenSubtask(instant, 'next')}
    ))::int AS upcoming FROM (
      SELECT count(*) AS tasks FROM tasks.task t WHERE t.list_id = l.id AND ${isUpcoming(instant)} GROUP BY t.series_id
    ) s
  ) u ON true`;
}

/** Whether a list `l` is a favorite of a user. @param user a parameter; its value may be null. */
export function isFavorite(user: string): string {
  return `CASE WHEN ${user}::uuid IS NOT NULL THEN EXISTS (
    SELECT FROM tasks.list_favorite f WHERE f.workspace_id = l.workspace_id AND f.list_id = l.id AND f.user_id = ${user}::uuid
  ) END`;
}

/**
 * The columns to select of lists `l` with their counts.
 * @param end a parameter: the end of today. @param user as for isFavorite; without it, as nobody in particular.
 */
export function listSelection(end: string, user?: string): { columns: string; counts: string } {
  const favorite = user === undefined ? 'NULL::boolean' : isFavorite(user);
  return {
    columns: `${COLUMNS}, c.total, c.open - u.upcoming AS open, u.upcoming, ${favorite} AS favorite`,
    counts: countsUntil(end),
  };
}

/** The columns to select of a list `l` that has just been created. */
export const NEW_LIST_SELECTION = `${COLUMNS}, 0 AS total, 0 AS open, 0 AS upcoming`;

export function stateOfList(row: ListRow): ListState {
  return { title: row.title, position: row.position, archived: row.archived_at !== null, ...settingsOf(row) };
}

function settingsOf(row: ListRow): typeof SETTING_DEFAULTS {
  return Object.fromEntries(SETTINGS.map((column) => [column, row[column]])) as unknown as typeof SETTING_DEFAULTS;
}

export function listChanges(from: ListState | undefined, to: ListState | undefined): Changes {
  const changes: Changes = {};
  for (const field of FIELDS) {
    const before = from?.[field] ?? null;
    const after = to?.[field] ?? null;
    if (before !== after) changes[field] = { from: before, to: after };
  }
  return changes;
}

export function toList(row: ListRow): List {
  return {
    id: row.id,
    title: row.title,
    position: row.position,
    is_inbox: row.is_inbox,
    ...(row.favorite !== null && { favorite: row.favorite }),
    archived_at: row.archived_at,
    ...settingsOf(row),
    counts: { total: row.total, open: row.open, upcoming: row.upcoming },
    version: row.version,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}
