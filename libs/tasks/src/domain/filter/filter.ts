// The filter language: the tree of a filter, and its vocabulary. `due < +7d & (priority >= high | tag:errand) & !blocked`.
import { OPEN_STATUSES, TASK_PRIORITIES, TASK_STATUSES, type TaskStatus } from '../../../contract/task-constants.js';
import type { DateValue } from './dates.js';

/** Offsets in UTF-16 code units: the text of a node is `filter.slice(start, end)`. */
export interface Span {
  start: number;
  end: number;
}

export type Operator = ':' | '!=' | '<' | '<=' | '>' | '>=';

/** The type of a field decides which operators and values it takes. */
export type FieldType = 'word' | 'rank' | 'tag' | 'member' | 'list' | 'task' | 'title' | 'instant' | 'day' | 'duration';

/** The fields of a task that filters read. Instants are RFC 3339. */
export interface FilterableTask {
  title: string;
  description: string | null;
  status: string;
  priority: string;
  tags: readonly string[];
  assignee_id: string | null;
  list_id: string;
  parent_id: string | null;
  template_id: string | null;
  due_instant: string | null;
  starts_on: string | null;
  estimated_duration: string | null;
  actual_duration: string | null;
  created_at: string;
  updated_at: string;
  completed_at: string | null;
  blocked_by_open: number;
}

export interface Field {
  type: FieldType;
  column: Exclude<keyof FilterableTask, 'blocked_by_open'>;
  /** Whether a task may have no value, so that `none` can be asked for. */
  nullable: boolean;
  words?: readonly string[];
  /** In a sentence: "due today". */
  phrase: string;
}

export const FIELDS = {
  status: { type: 'word', column: 'status', nullable: false, words: TASK_STATUSES, phrase: 'status' },
  priority: { type: 'rank', column: 'priority', nullable: false, words: TASK_PRIORITIES, phrase: 'priority' },
  tag: { type: 'tag', column: 'tags', nullable: true, phrase: 'tag' },
  assignee: { type: 'member', column: 'assignee_id', nullable: true, phrase: 'assignee' },
  list: { type: 'list', column: 'list_id', nullable: false, phrase: 'list' },
  title: { type: 'title', column: 'title', nullable: false, phrase: 'title' },
  due: { type: 'instant', column: 'due_instant', nullable: true, phrase: 'due' },
  starts: { type: 'day', column: 'starts_on', nullable: true, phrase: 'start' },
  created: { type: 'instant', column: 'created_at', nullable: false, phrase: 'creation' },
  updated: { type: 'instant', column: 'updated_at', nullable: false, phrase: 'last change' },
  completed: { type: 'instant', column: 'completed_at', nullable: true, phrase: 'completion' },
  estimate: { type: 'duration', column: 'estimated_duration', nullable: true, phrase: 'estimate' },
  spent: { type: 'duration', column: 'actual_duration', nullable: true, phrase: 'time spent' },
  parent: { type: 'task', column: 'parent_id', nullable: true, phrase: 'parent' },
  template: { type: 'task', column: 'template_id', nullable: true, phrase: 'template' },
} as const satisfies Readonly<Record<string, Field>>;

export type FieldName = keyof typeof FIELDS;

/** Words that are a whole condition. */
export const FLAGS = {
  open: 'open',
  overdue: 'overdue',
  blocked: 'blocked',
  ready: 'ready to be worked on',
  recurring: 'an occurrence of a template',
  subtask: 'a subtask',
} as const;

export type FlagName = keyof typeof FLAGS;

export const OPEN: ReadonlySet<string> = new Set(OPEN_STATUSES);
/** The statuses that a ready task may have. */
export const STARTABLE: ReadonlySet<string> = new Set<TaskStatus>(['todo', 'in_progress']);

export type Value =
  | { kind: 'none' }
  /** Vocabulary, tags, titles, ids, and names of lists and members, as they were written. */
  | { kind: 'text'; text: string; span: Span }
  | { kind: 'date'; date: DateValue }
  | { kind: 'duration'; iso: string };

export interface Comparison extends Span {
  kind: 'comparison';
  field: FieldName;
  operator: Operator;
  /** Several: any of them, or with `!=` none of them. */
  values: readonly Value[];
}

export type FilterNode =
  | { kind: 'and' | 'or'; nodes: readonly FilterNode[] }
  | { kind: 'not'; node: FilterNode }
  | Comparison
  | ({ kind: 'text'; text: string } & Span)
  | ({ kind: 'flag'; flag: FlagName } & Span);

export type TokenKind = 'field' | 'operator' | 'value' | 'text' | 'flag' | 'logic' | 'parenthesis';

/** For highlighting. */
export interface Token extends Span {
  kind: TokenKind;
}

export interface ParsedFilter {
  node: FilterNode;
  tokens: readonly Token[];
}

export const MAX_FILTER_DEPTH = 32;
export const MAX_FILTER_CONDITIONS = 100;

/** All comparisons of a filter, in their order. */
export function comparisonsOf(node: FilterNode): Comparison[] {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.nodes.flatMap(comparisonsOf);
    case 'not':
      return comparisonsOf(node.node);
    case 'comparison':
      return [node];
    case 'text':
    case 'flag':
      return [];
  }
}
