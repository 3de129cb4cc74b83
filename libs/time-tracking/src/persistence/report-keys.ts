// By what the rows of a report are told apart: each group as a column, its kind in a cursor, and the order of its values.
import type { CursorKind, CursorValue } from '@mono/contract';
import type { Group } from '../../contract/time-constants.js';
import type { PeriodUnit } from '../domain/periods.js';
import type { Values } from './values.js';

export type TaskGroup = Exclude<Group, PeriodUnit>;

interface Key {
  /** An expression over `c`, what is covered, and `t`, its task. */
  of: string;
  kind: CursorKind;
  type: 'uuid' | 'text' | 'integer';
  looksIntoTask: boolean;
}

const ofTask = (of: string): Key => ({ of, kind: 'uuid', type: 'uuid', looksIntoTask: true });
/** In the order of code points, whatever the database's own is. */
const text = (of: string, looksIntoTask: boolean): Key => ({
  of: `${of} COLLATE "C"`,
  kind: 'text',
  type: 'text',
  looksIntoTask,
});

const KEYS: Readonly<Record<TaskGroup, Key>> = {
  task: { of: 'c.task_id', kind: 'uuid', type: 'uuid', looksIntoTask: false },
  list: ofTask('t.list_id'),
  assignee: ofTask('t.assignee_id'),
  template: ofTask('t.template_id'),
  status: text('t.status', true),
  person: text('c.person', false),
  tag: text('tag', true),
};
/** A period is known by its place in the window. */
const PERIOD: Pick<Key, 'kind' | 'type'> = { kind: 'integer', type: 'integer' };

export function isPeriod(group: Group): group is PeriodUnit {
  return !(group in KEYS);
}

export function taskKey(group: TaskGroup): Key {
  return KEYS[group];
}

/** Of the keys of a row, in the order of its groups. */
export function kindsOf(groups: readonly Group[]): CursorKind[] {
  return groups.map((group) => (isPeriod(group) ? PERIOD : KEYS[group]).kind);
}

/**
 * What comes after a row: the columns are as `ORDER BY` them, null last.
 * @param columns one for each group.
 */
export function isAfter(
  groups: readonly Group[],
  columns: readonly string[],
  keys: readonly CursorValue[],
  values: Values,
): string {
  const [group] = groups;
  const [column = ''] = columns;
  const [key = null] = keys;
  if (group === undefined) return 'false';
  const { type } = isPeriod(group) ? PERIOD : KEYS[group];
  const rest = isAfter(groups.slice(1), columns.slice(1), keys.slice(1), values);
  if (key === null) return `(${column} IS NULL AND ${rest})`;
  const value = `${values.add(key)}::${type}`;
  return `(${column} > ${value} OR ${column} IS NULL OR (${column} = ${value} AND ${rest}))`;
}
