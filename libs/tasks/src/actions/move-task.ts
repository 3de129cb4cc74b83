import { InvalidInputError } from '@mono/contract/errors';
import type { Executor } from '@mono/platform';
import type { MoveTask } from '../../contract/task-actions.js';
import { tasksErrors } from '../../contract/tasks.errors.js';
import { inTransaction } from '../persistence/in-transaction.js';
import { readTask } from '../persistence/task-reads.js';
import type { TaskRow } from '../persistence/task-row.js';
import type { AssigningContext } from '../tasks/assignees.js';
import { changeTask } from '../tasks/change-task.js';
import { lockTree } from '../tasks/placement.js';

/** @throws InvalidInputError `empty_update`, and as changeTask. */
export async function moveTask(
  on: Executor,
  context: AssigningContext,
  id: string,
  to: Pick<MoveTask, keyof MoveTask>,
): Promise<TaskRow> {
  const { list_id: listId, parent_id: parentId, before, after } = to;
  if ([listId, parentId, before, after].every((value) => value === undefined)) {
    throw new InvalidInputError([{ field: 'body', code: 'empty', issue: 'must have at least one field' }]);
  }
  if (listId !== undefined || parentId === undefined || parentId === null) return changeTask(on, context, id, to);
  return inTransaction(on, async (transaction) => {
    // Until the end, the parent stays in its list.
    await lockTree(transaction, context.principal.workspaceId);
    const parent = await readTask(transaction, context.principal, parentId);
    if (!parent) throw tasksErrors.task_not_found({ id: parentId });
    return changeTask(transaction, context, id, { ...to, list_id: parent.list_id });
  });
}
