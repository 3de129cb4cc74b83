// The subtasks that a template gives to each of its tasks.
import { InvalidInputError, type FieldFault } from '@mono/contract/errors';
import { uuidv7 } from 'uuidv7';
import type { TemplateSubtask, TemplateSubtaskInput } from '../../contract/template-subtask.js';

/** As given, with keys: that of the subtask with the same title, or a new one. @throws InvalidInputError for a key that is repeated. */
export function subtasksGiven(
  given: readonly TemplateSubtaskInput[],
  present: readonly TemplateSubtask[] | null,
): TemplateSubtask[] | null {
  if (given.length === 0 && present === null) return null;
  requireDistinctKeys(given);
  const used = new Set(given.flatMap(({ key }) => key ?? []));
  return given.map((one) => {
    const same = present?.find(({ key, title }) => title === one.title && !used.has(key));
    const key = one.key ?? same?.key ?? uuidv7();
    used.add(key);
    return {
      key,
      title: one.title,
      priority: one.priority ?? 'medium',
      tags: one.tags ?? [],
      assignee_id: one.assignee_id?.toLowerCase() ?? null,
      estimated_duration: one.estimated_duration ?? null,
      due_offset: one.due_offset ?? null,
    };
  });
}

function requireDistinctKeys(given: readonly TemplateSubtaskInput[]): void {
  const seen = new Set<string>();
  const faults: FieldFault[] = [];
  for (const [index, { key }] of given.entries()) {
    if (key === undefined) continue;
    if (seen.has(key))
      faults.push({ field: `subtasks[${index}].key`, code: 'repeated', issue: 'must not be repeated' });
    seen.add(key);
  }
  if (faults.length > 0) throw new InvalidInputError(faults);
}

interface Assigned {
  assignee_id: string | null;
  subtasks: TemplateSubtask[] | null;
}

/** The assignees of a template and its subtasks. */
export function assigneesOf({ assignee_id: own, subtasks }: Assigned): string[] {
  return [own, ...(subtasks ?? []).map(({ assignee_id: id }) => id)].filter((id) => id !== null);
}

/** @param left the users who have left the workspace. */
export function unassigned<State extends Assigned>(state: State, left: ReadonlySet<string>): State {
  const without = (id: string | null): string | null => (id !== null && left.has(id) ? null : id);
  const subtasks =
    state.subtasks?.map((one) => Object.assign({}, one, { assignee_id: without(one.assignee_id) })) ?? null;
  return { ...state, assignee_id: without(state.assignee_id), subtasks };
}
