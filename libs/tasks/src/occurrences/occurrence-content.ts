// What a template gives to a task, as fields of the task.
import type { FieldFault } from '@mono/contract';
import { InvalidInputError } from '@mono/contract/errors';
import type { OccurrenceContent } from '../../contract/occurrences.js';
import type { OccurrenceIdentity, TaskFields } from '../domain/task-state.js';

type Named = { template_id: string; series_id: string; original_start: string };

export function identityOf({ template_id, series_id, original_start }: Named): OccurrenceIdentity {
  return { template_id: template_id.toLowerCase(), series_id: series_id.toLowerCase(), original_start };
}

/** Nobody is there to be told that an assignee has left: the task is nobody's. Who has it already keeps it. */
export function assigneeOf(
  { assignee_id: given }: Pick<OccurrenceContent, 'assignee_id'>,
  strangers: ReadonlySet<string>,
  present: string | null,
): string | null {
  const assignee = given?.toLowerCase() ?? null;
  return assignee !== null && assignee !== present && strangers.has(assignee) ? null : assignee;
}

export function fieldsOf(
  content: OccurrenceContent,
  strangers: ReadonlySet<string>,
  present: string | null = null,
): TaskFields {
  return {
    list_id: content.list_id.toLowerCase(),
    title: content.title,
    description: content.description,
    priority: content.priority,
    tags: content.tags,
    assignee_id: assigneeOf(content, strangers, present),
    due_at: content.due_at,
    due_on: content.due_on,
    starts_on: content.starts_on,
    timezone: content.timezone,
    estimated_duration: content.estimated_duration,
  };
}

interface Item {
  task_id: string;
  /** null where it is to be removed. */
  content: OccurrenceContent | null;
}

/** @param name of the array, and what leads from an item to its content. @throws InvalidInputError that names each fault. */
export function requireSound(items: readonly Item[], name: string, way: string): void {
  const seen = new Set<string>();
  const faults: FieldFault[] = [];
  for (const [index, { task_id: taskId, content }] of items.entries()) {
    const id = taskId.toLowerCase();
    if (seen.has(id))
      faults.push({ field: `${name}[${index}].task_id`, code: 'repeated', issue: 'must not be named twice' });
    seen.add(id);
    if (!content) continue;
    const at = `${name}[${index}].${way}`;
    faults.push(...dueTwice(content, at));
    const keys = new Set<string>();
    for (const [place, subtask] of (content.subtasks ?? []).entries()) {
      const field = `${at}subtasks[${place}].`;
      faults.push(...dueTwice(subtask, field));
      if (keys.has(subtask.key))
        faults.push({ field: `${field}key`, code: 'repeated', issue: 'must not be named twice' });
      keys.add(subtask.key);
    }
  }
  if (faults.length > 0) throw new InvalidInputError(faults);
}

function dueTwice(
  { due_at: at, due_on: on }: Pick<OccurrenceContent, 'due_at' | 'due_on'>,
  field: string,
): FieldFault[] {
  if (at === null || on === null) return [];
  const issue = 'a task is due either at an instant (due_at) or on a day (due_on)';
  return [{ field: `${field}due_at`, code: 'not_combinable', issue }];
}
