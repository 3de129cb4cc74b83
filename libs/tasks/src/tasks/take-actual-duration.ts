// The time spent on a task, as time tracking measures it: a projected value. It is no change of the task: it raises no
// version, writes no event and leaves `updated_at`.
import type { Executor, Statement } from '@mono/platform';

export interface ActualDuration {
  taskId: string;
  workspaceId: string;
  /** Counts the changes of this task's measured time, from 1. */
  version: number;
  /** ISO 8601; null for none. */
  duration: string | null;
}

const TAKE: Statement = {
  name: 'tasks.take_actual_duration',
  text: `UPDATE tasks.task SET actual_duration = $4, actual_duration_version = $3
    WHERE id = $1 AND workspace_id = $2 AND actual_duration_version < $3 RETURNING 1`,
};

const TAKE_IN_TRASH: Statement = {
  name: 'tasks.take_actual_duration_in_trash',
  text: `UPDATE tasks.trash SET actual_duration = $4, actual_duration_version = $3
    WHERE id = $1 AND workspace_id = $2 AND actual_duration_version < $3 RETURNING 1`,
};

/** A task may be deleted or restored in between. */
const ROUNDS = 2;

/** Of all that is taken, in whatever order and however often, the highest version stays. Without its task nothing happens. */
export async function takeActualDuration(on: Executor, measured: ActualDuration): Promise<void> {
  const { taskId, workspaceId, version, duration } = measured;
  const values = [taskId, workspaceId, version, duration];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const statement of [TAKE, TAKE_IN_TRASH]) {
      if ((await on.query(statement, values)).length > 0) return;
    }
  }
}
