// What other modules group and report tasks by: read while there is a task, and kept with its last transition when it goes.
import type { TaskFacts } from '../../contract/transitions.js';

const FACTS: readonly (keyof TaskFacts)[] = [
  'title',
  'list_id',
  'tags',
  'assignee_id',
  'template_id',
  'estimated_duration',
];

/** Of a deletion that was written before facts were kept. */
export const UNKNOWN_FACTS: TaskFacts = {
  title: null,
  list_id: null,
  tags: null,
  assignee_id: null,
  template_id: null,
  estimated_duration: null,
};

/** The facts of a row of "tasks"."task" under an alias, as JSON. */
export function taskFacts(alias: string): string {
  return `json_build_object(${FACTS.map((fact) => `'${fact}', ${alias}.${fact}`).join(', ')})`;
}

/** Those of a task that is gone for good: nobody can read any more what it was about, and its time still counts. */
export function withoutTitle(facts: string): string {
  return `jsonb_set((${facts})::jsonb, '{title}', 'null')::json`;
}
