// What this module hears of time tracking: how long tasks have taken.
import { defineEvent, type Bus } from '@mono/bus';
import type { Executor } from '@mono/platform';
import { takeActualDuration } from '../tasks/take-actual-duration.js';

/** What is needed of the event. Time tracking imports this module's contract, so that its own cannot be imported here. */
class ActualDurationChangedEvent {
  /** The task. */
  aggregate_id: string;
  /** Counts the changes of this task's measured time. */
  version: number;
  workspace_id: string;
  /** ISO 8601; null for none. */
  changes: { actual_duration: { from: string | null; to: string | null } };
}

const actualDurationChanged = defineEvent({
  module: 'time-tracking',
  name: 'actual_duration_changed',
  event: ActualDurationChangedEvent,
});

/** A connection of the database each: a backlog leaves the others to the requests. */
const CONCURRENCY = 4;

/**
 * To be called before the bus starts. There is no inbox: the version says what has had its effect, for an event that comes
 * again as for one that comes late, and the row itself keeps it.
 */
export function hearOfTimeTracking(bus: Pick<Bus, 'onDurableEvent'>, database: Executor): void {
  const take = (body: unknown): Promise<void> => {
    const { aggregate_id: taskId, workspace_id: workspaceId, version, changes } = body as ActualDurationChangedEvent;
    return takeActualDuration(database, { taskId, workspaceId, version, duration: changes.actual_duration.to });
  };
  bus.onDurableEvent([actualDurationChanged], take, {
    consumer: 'tasks-actual-duration',
    module: 'tasks',
    concurrency: CONCURRENCY,
    // One after the other of each task: they would wait for each other in the database.
    key: (body) => (body as ActualDurationChangedEvent).aggregate_id,
  });
}
