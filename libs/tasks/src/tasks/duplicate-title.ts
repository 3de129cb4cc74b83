import { violatedConstraint } from '@mono/platform';
import { tasksErrors } from '../../contract/tasks.errors.js';
import { titleKey } from '../domain/title-key.js';

/** @returns `duplicate_task` for a violation of a list's title policy; any other error as it is. */
export function duplicateTitle(error: unknown, title?: string): unknown {
  if (violatedConstraint(error) !== 'task_unique_title') return error;
  const shown = title ?? titleIn((error as { detail?: string }).detail);
  return tasksErrors.duplicate_task({ title: shown });
}

/** As duplicateTitle, of the tasks of one statement: the title as it was given. */
export function duplicateTitleAmong(error: unknown, titles: readonly string[]): unknown {
  const key = titleIn((error as { detail?: string }).detail);
  return duplicateTitle(
    error,
    titles.find((title) => titleKey(title) === key),
  );
}

/** PostgreSQL's detail names the key: (list_id, title_key)=(…, buy milk) already exists. */
export function titleIn(detail = ''): string {
  return /=\([0-9a-f-]+, ([\s\S]*)\) already exists/.exec(detail)?.[1] ?? '';
}
