// Deleting a task with its subtasks. A task without any is one guarded statement, where that can be tried again.
import { requireVersion, type CallContext } from '@mono/contract';
import { violatedConstraint, type Executor } from '@mono/platform';
import { changesBetween } from '../domain/task-state.js';
import { inTransaction } from '../persistence/in-transaction.js';
import { deleteTasks, type Deletion } from '../persistence/task-records.js';
import { readTrees, stateOf } from '../persistence/task-reads.js';
import { deleteTrees } from './delete-trees.js';
import { tasksErrors } from '../../contract/tasks.errors.js';

const ATTEMPTS = 5;

export async function deleteTask(
  on: Executor,
  context: CallContext,
  id: string,
  deletion: Deletion = {},
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      if (await attemptToDelete(on, context, id, deletion)) return;
    } catch (error) {
      // A subtask came in between.
      if (violatedConstraint(error) !== 'task_parent_fk' || attempt === ATTEMPTS) throw error;
    }
  }
}

async function attemptToDelete(on: Executor, context: CallContext, id: string, deletion: Deletion): Promise<boolean> {
  const { principal } = context;
  const rows = await readTrees(on, principal, [id], false);
  const task = rows.find((row) => row.id === id);
  if (!task) throw tasksErrors.task_not_found({ id });
  requireVersion(context, task);
  // Within a transaction there is no going on after an error: everything is locked first.
  if (rows.length > 1 || !('transaction' in on)) {
    return inTransaction(on, async (transaction) => {
      const gone = await deleteTrees(transaction, context, [id], deletion);
      return gone.has(id);
    });
  }
  const changes = changesBetween(stateOf(task), undefined);
  const gone = await deleteTasks(on, context, [{ row: task, changes, root: { type: 'task', id } }], deletion);
  return gone.has(id);
}
