// The trash keeps further columns of a task as JSON: written by the statement that deletes the task, read when it is restored.

const KEPT = {
  description: 'text',
  status: 'tasks.task_status',
  priority: 'tasks.task_priority',
  tags: 'text[]',
  assignee_id: 'uuid',
  position: 'text',
  due_at: 'timestamptz',
  due_on: 'date',
  due_soon_for: 'timestamptz',
  starts_on: 'date',
  timezone: 'text',
  estimated_duration: 'text',
  template_id: 'uuid',
  series_id: 'uuid',
  original_start: 'text',
  overridden: 'text[]',
  overridden_version: 'integer',
  completed_at: 'timestamptz',
  created_at: 'timestamptz',
} as const;

type Column = keyof typeof KEPT;

/** The content of a row of "tasks"."task" under an alias, as JSON. */
export function keptContent(alias: string): string {
  return `json_build_object(${Object.keys(KEPT)
    .map((column) => `'${column}', ${alias}.${column}`)
    .join(', ')})`;
}

/** To join to rows of "tasks"."trash" under an alias: these columns of their content, as `name`. */
export function contentOf(alias: string, name: string, columns: readonly Column[]): string {
  const typed = columns.map((column) => `${column} ${KEPT[column]}`).join(', ');
  return `CROSS JOIN LATERAL json_to_record(${alias}.content) AS ${name}(${typed})`;
}
