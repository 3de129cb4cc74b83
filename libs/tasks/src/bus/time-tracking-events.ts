// What this module hears of time tracking: how long tasks have taken.
import type { Bus } from '@mono/bus';
import type { Executor } from '@mono/platform';
import { timeTrackingEvents, type TaskTimeEvent } from '@mono/time-tracking/contract';
import { takeActualDuration } from '../tasks/take-actual-duration.js';

/** A connection of the database each: a backlog leaves the others to the requests. */
const CONCURRENCY = 4;

/**
 * To be called before the bus starts. There is no inbox: the version says what has had its effect, for an event that comes
 * again as for one that comes late, and the row itself keeps it.
 */
export function hearOfTimeTracking(bus: Pick<Bus, 'onDurableEvent'>, database: Executor): void {
  const take = (body: unknown): Promise<void> => {
    const { aggregate_id: taskId, workspace_id: workspaceId, version, changes } = body as TaskTimeEvent;
    return takeActualDuration(database, { taskId, workspaceId, version, duration: changes.actual_duration.to });
  };
  bus.onDurableEvent([timeTrackingEvents.actual_duration_changed], take, {
    consumer: 'tasks-actual-duration',
    module: 'tasks',
    concurrency: CONCURRENCY,
    // One after the other of each task: they would wait for each other in the database.
    key: (body) => (body as TaskTimeEvent).aggregate_id,
  });
}
