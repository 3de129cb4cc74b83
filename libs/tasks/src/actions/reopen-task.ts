import { VersionConflictError } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { tasksErrors } from '../../contract/tasks.errors.js';
import { isOpen } from '../domain/occurrence-revision.js';
import { readTask } from '../persistence/task-reads.js';
import type { TaskRow } from '../persistence/task-row.js';
import type { AssigningContext } from '../tasks/assignees.js';
import { changeTask } from '../tasks/change-task.js';

const ATTEMPTS = 5;

/** An open task stays in its status, also when somebody else has just reopened it. */
export async function reopenTask(on: Executor, context: AssigningContext, id: string): Promise<TaskRow> {
  for (let attempt = 1; ; attempt += 1) {
    const row = await readTask(on, context.principal, id);
    if (!row) throw tasksErrors.task_not_found({ id });
    const { expectedVersion = row.version } = context;
    if (isOpen(row)) {
      if (expectedVersion !== row.version) throw new VersionConflictError(row.version);
      return row;
    }
    try {
      return await changeTask(on, { ...context, expectedVersion }, id, { status: 'todo' });
    } catch (error) {
      const isRace = error instanceof VersionConflictError && context.expectedVersion === undefined;
      if (!isRace || attempt === ATTEMPTS) throw error;
    }
  }
}
