// Of which tasks a report tells: those of the workspace that the caller reaches, and that match its filters. What filters ask of
// a task is what it is now.
import type { Reach } from '../domain/reach.js';
import type { Values } from './values.js';

export interface TaskFilter {
  list_id?: string;
  task_id?: string;
  assignee_id?: string;
  template_id?: string;
  tag?: string;
}

export interface Scope extends Reach {
  filter: TaskFilter;
}

/** What of a task is looked at beside its id. */
export function looksIntoTasks({ listIds, filter }: Scope): boolean {
  const { list_id, assignee_id, template_id, tag } = filter;
  return [listIds, list_id, assignee_id, template_id, tag].some((value) => value !== undefined);
}

/**
 * Conditions that hold of none but these, `t` being the task.
 * @param taskId an expression. @param entryTags an expression, where entries have tags of their own.
 */
export function conditionsOf(
  { listIds, filter }: Scope,
  values: Values,
  { taskId, entryTags }: { taskId: string; entryTags?: string },
): string[] {
  const conditions: string[] = [];
  if (listIds) conditions.push(`t.list_id = ANY(${values.add(listIds)}::uuid[])`);
  if (filter.task_id !== undefined) conditions.push(`${taskId} = ${values.add(filter.task_id)}::uuid`);
  for (const field of ['list_id', 'assignee_id', 'template_id'] as const) {
    if (filter[field] !== undefined) conditions.push(`t.${field} = ${values.add(filter[field])}::uuid`);
  }
  if (filter.tag !== undefined) {
    const tag = `${values.add(filter.tag)}::text`;
    const ofEntry = entryTags === undefined ? '' : ` OR ${tag} = ANY(${entryTags})`;
    conditions.push(`(${tag} = ANY(t.tags)${ofEntry})`);
  }
  return conditions;
}
