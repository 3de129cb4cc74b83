import { DomainError, type CallContext } from '@mono/contract';
import { violatedConstraint, type Executor, type Statement } from '@mono/platform';
import { DatabaseError } from 'pg';
import { tasksErrors } from '../../contract/tasks.errors.js';
import { reaches } from '../domain/reach.js';
import { titleKey } from '../domain/title-key.js';

/** PostgreSQL's detail: (list_id, title_key)=(…, buy milk) already exists. */
const KEY = /=\(([0-9a-f-]+), ([\s\S]*)\) already exists/;

/** @returns `duplicate_task` for a violation of a list's title policy; any other error as it is. */
export function duplicateTitle(error: unknown, title?: string): unknown {
  if (violatedConstraint(error) !== 'task_unique_title') return error;
  return tasksErrors.duplicate_task({ title: title ?? titleIn(error) }, { cause: error });
}

/** As duplicateTitle, of the tasks of one statement: the title as it was given. */
export function duplicateTitleAmong(error: unknown, titles: readonly string[]): unknown {
  const key = titleIn(error);
  return duplicateTitle(
    error,
    titles.find((title) => titleKey(title) === key),
  );
}

/** @returns the key of the title that is taken. */
export function titleIn(error: unknown): string {
  return KEY.exec((error as { detail?: string }).detail ?? '')?.[2] ?? '';
}

// In a list that is only now to have unique titles, no task is marked yet.
const HOLDER: Statement = {
  name: 'tasks.title_holder',
  text: `(SELECT id FROM tasks.task WHERE list_id = $1 AND title_key = $2 AND title_unique AND workspace_id = $3)
    UNION ALL (SELECT id FROM tasks.task
      WHERE list_id = $1 AND title_key = $2 AND template_id IS NULL AND workspace_id = $3 LIMIT 1)
    LIMIT 1`,
};

/**
 * Runs work of which nothing remains when it fails. A refusal because of a taken title then names the task that has it, unless
 * that is gone, or the two tasks came together.
 * @param on where the work has been undone: outside of its transaction, or behind its savepoint.
 */
export async function namingHolder<T>(
  on: Executor,
  { principal }: Pick<CallContext, 'principal'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const [, listId, key] = KEY.exec(violationBelow(error)?.detail ?? '') ?? [];
    if (!(error instanceof DomainError) || listId === undefined || !reaches(principal, listId)) throw error;
    const [holder] = await on.query<{ id: string }>(HOLDER, [listId, key, principal.workspaceId]);
    if (!holder) throw error;
    const { kind, code, message, details, cause } = error;
    const facts = Array.isArray(details) ? {} : details;
    throw new DomainError(kind, code, message, { ...facts, task_id: holder.id }, { cause });
  }
}

function violationBelow(error: unknown): DatabaseError | undefined {
  let inner = error;
  while (inner instanceof DomainError) inner = inner.cause;
  return inner instanceof DatabaseError && violatedConstraint(inner) === 'task_unique_title' ? inner : undefined;
}
