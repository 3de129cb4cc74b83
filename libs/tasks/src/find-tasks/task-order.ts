// The orders of a collection of tasks: what each sorts by, and how a cursor carries it.
import { type CursorKind, type CursorValue, InvalidInputError } from '@mono/contract';
import { TASK_PRIORITIES, type TaskOrder } from '../../contract/index.js';
import type { TaskRow } from '../persistence/task-row.js';

/** A row of a page: what the API shows, and the sort keys that it does not show. */
export interface FoundTask extends TaskRow {
  due_instant?: string | null;
  title_key?: string;
}

export interface TaskOrdering {
  /** The column to sort by; ties are broken by id. */
  column: string;
  /** As an index holds it: a column, where needed with its collation. */
  collation: string;
  type: string;
  /** Whether the column is among those that the API shows anyway. */
  shown: boolean;
  /** Whether it may be missing. Nulls come last in both directions. */
  nullable: boolean;
  kind: CursorKind;
  key(row: FoundTask): CursorValue;
  /** The cursor's value as a parameter of the statement. @throws InvalidInputError for one that no cursor holds. */
  parameter(value: CursorValue): string | null;
}

function instant(column: 'created_at' | 'updated_at'): TaskOrdering {
  return {
    column,
    collation: '',
    type: 'timestamptz',
    shown: true,
    nullable: false,
    kind: 'instant',
    key: (row) => row[column],
    parameter: asText,
  };
}

export const TASK_ORDERINGS: Readonly<Record<TaskOrder, TaskOrdering>> = {
  created_at: instant('created_at'),
  updated_at: instant('updated_at'),
  position: {
    column: 'position',
    collation: '',
    type: 'text',
    shown: true,
    nullable: false,
    kind: 'text',
    key: (row) => row.position,
    parameter: asText,
  },
  due_at: {
    column: 'due_instant',
    collation: '',
    type: 'timestamptz',
    shown: false,
    nullable: true,
    kind: 'instant',
    key: (row) => row.due_instant ?? null,
    parameter: (value) => (value === null ? null : asText(value)),
  },
  completed_at: {
    column: 'completed_at',
    collation: '',
    type: 'timestamptz',
    shown: true,
    nullable: true,
    kind: 'instant',
    key: (row) => row.completed_at,
    parameter: (value) => (value === null ? null : asText(value)),
  },
  priority: {
    column: 'priority',
    collation: '',
    type: 'tasks.task_priority',
    shown: true,
    nullable: false,
    kind: 'integer',
    key: (row) => TASK_PRIORITIES.indexOf(row.priority),
    parameter: (value) => (typeof value === 'number' && TASK_PRIORITIES[value]) || refuse(),
  },
  // Linguistic order, without regard to case: the collation and its stability are explained in ../persistence/task-indexes.ts.
  title: {
    column: 'title_key',
    collation: ' COLLATE "und-x-icu"',
    type: 'text',
    shown: false,
    nullable: false,
    kind: 'text',
    key: (row) => row.title_key ?? '',
    parameter: asText,
  },
};

function asText(value: CursorValue): string {
  return typeof value === 'string' ? value : refuse();
}

function refuse(): never {
  throw new InvalidInputError([{ field: 'cursor', code: 'wrong_format', issue: 'is not a cursor of this API' }]);
}
