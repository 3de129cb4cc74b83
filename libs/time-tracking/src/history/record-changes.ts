// Changes of tasks, written down together, with the events that follow from them.
import type { OutboxSignal } from '@mono/bus/outbox';
import type { Executor } from '@mono/platform';
import { durationText } from '../domain/duration.js';
import type { HeardTask, Transition } from '../domain/heard-tasks.js';
import { recordHistory, type WorkedChange } from '../persistence/record-history.js';
import { tell, type ToldEvent } from '../persistence/time-events.js';

/** In a transaction. @param requestOf of the change that a task's event follows from. */
export async function recordChanges(
  on: Executor,
  signal: OutboxSignal,
  { tasks, transitions }: { tasks: readonly HeardTask[]; transitions: readonly Transition[] },
  requestOf: (taskId: string) => string,
): Promise<void> {
  const worked = await recordHistory(on, tasks, transitions);
  if (worked.length === 0) return;
  await tell(
    on,
    worked.map((change) => actualDurationChanged(change, requestOf(change.task_id))),
  );
  on.afterCommit(() => signal.wake());
}

function actualDurationChanged(change: WorkedChange, requestId: string): ToldEvent {
  const { task_id, workspace_id, version, from_ms, to_ms } = change;
  const from = from_ms === null ? null : durationText(from_ms);
  return {
    version,
    payload: {
      event: 'actual_duration_changed',
      aggregate: 'task_time',
      aggregate_id: task_id,
      workspace_id,
      actor: { kind: 'system', id: 'time-tracking' },
      request_id: requestId,
      origin: 'system',
      changes: { actual_duration: { from, to: durationText(to_ms) } },
    },
  };
}
