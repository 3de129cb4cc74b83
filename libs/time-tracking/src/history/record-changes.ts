// Changes of tasks, written down together, with the events that follow from them.
import type { OutboxSignal } from '@mono/bus/outbox';
import { outbox, type Executor, type NewEvent } from '@mono/platform';
import { timeTrackingEvents, type TaskTimeEvent } from '../../contract/time-tracking.events.js';
import { durationText } from '../domain/duration.js';
import type { HeardTask, Transition } from '../domain/heard-tasks.js';
import { recordHistory, type WorkedChange } from '../persistence/record-history.js';

/** In a transaction. @param requestOf of the change that a task's event follows from. */
export async function recordChanges(
  on: Executor,
  signal: OutboxSignal,
  { tasks, transitions }: { tasks: readonly HeardTask[]; transitions: readonly Transition[] },
  requestOf: (taskId: string) => string,
): Promise<void> {
  const worked = await recordHistory(on, tasks, transitions);
  if (worked.length === 0) return;
  const events = worked.map((change) => actualDurationChanged(change, requestOf(change.task_id)));
  await outbox.add(on, timeTrackingEvents.actual_duration_changed, ...events);
  on.afterCommit(() => signal.wake());
}

function actualDurationChanged(change: WorkedChange, requestId: string): NewEvent<TaskTimeEvent> {
  const { task_id, workspace_id, version, from_ms, to_ms } = change;
  const from = from_ms === null ? null : durationText(from_ms);
  return {
    aggregate: 'task_time',
    aggregate_id: task_id,
    version,
    workspace_id,
    actor: { kind: 'system', id: 'time-tracking' },
    request_id: requestId,
    origin: 'system',
    changes: { actual_duration: { from, to: durationText(to_ms) } },
  };
}
