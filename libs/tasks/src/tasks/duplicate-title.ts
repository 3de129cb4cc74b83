import { violatedConstraint } from '@mono/platform';
import { tasksErrors } from '../../contract/tasks.errors.js';

/** @returns `duplicate_task` for a violation of a list's title policy; any other error as it is. */
export function duplicateTitle(error: unknown, title?: string): unknown {
  if (violatedConstraint(error) !== 'task_unique_title') return error;
  const shown = title ?? titleIn((error as { detail?: string }).detail);
  return tasksErrors.duplicate_task({ title: shown });
}

/** PostgreSQL's detail names the key: (list_id, title_key)=(…, buy milk) already exists. */
export function titleIn(detail = ''): string {
  return /=\([0-9a-f-]+, ([\s\S]*)\) already exists/.exec(detail)?.[1] ?? '';
}
