// The tasks of a list that is deleted: all of them, in chunks, each with its own event.
import { Injectable } from '@nestjs/common';
import { type CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { changesBetween } from '../domain/task-state.js';
import { readList } from '../persistence/list-records.js';
import { lockTasks, stateOf } from '../persistence/task-reads.js';
import { updateAdmitted } from '../workflow/admit.js';
import { duplicateTitle } from '../tasks/duplicate-title.js';
import { listRefusal } from '../tasks/list-refusal.js';
import { deleteTrees } from '../tasks/delete-trees.js';
import { tasksErrors } from '../../contract/tasks.errors.js';

const CHUNK = 1_000;

@Injectable()
export class EmptyList {
  /** They go with the list. @param permanent whether they bypass the trash. */
  async delete(on: Executor, context: CallContext, listId: string, permanent: boolean): Promise<void> {
    for (;;) {
      const ids = await someTasks(on, listId);
      if (ids.length === 0) return;
      await deleteTrees(on, context, ids, { permanent, root: { type: 'list', id: listId } });
    }
  }

  /** @throws NotFoundError for the target; ConflictError where its policy forbids a title (`duplicate_task`) or its workflow refuses a task. */
  async move(on: Executor, context: CallContext, listId: string, to: string): Promise<void> {
    const { principal } = context;
    if (!(await readList(on, principal, to))) throw tasksErrors.list_not_found({ id: to });
    for (;;) {
      const ids = await someTasks(on, listId);
      if (ids.length === 0) return;
      const changes = (await lockTasks(on, principal, ids)).map((row) => {
        const from = stateOf(row);
        const state = { ...from, list_id: to };
        return { row, state, event: 'updated' as const, changes: changesBetween(from, state) };
      });
      const moved = await updateAdmitted(on, context, changes).catch((error: unknown) => {
        throw duplicateTitle(error);
      });
      // Locked and at the version read: only the target can have gone.
      if (moved.length < changes.length) throw await listRefusal(on, principal, to);
    }
  }
}

async function someTasks(on: Executor, listId: string): Promise<string[]> {
  const rows = await on.query<{ id: string }>(`SELECT id FROM tasks.task WHERE list_id = $1 LIMIT ${CHUNK}`, [listId]);
  return rows.map(({ id }) => id);
}
