// Tasks show the time that time tracking measures.
import { Controller, Inject } from '@nestjs/common';
import { Database, OnEvent, type Executor } from '@mono/platform';
import { timeTrackingEvents, type TaskTimeEvent } from '@mono/time-tracking/contract';
import { takeActualDuration } from './take-actual-duration.js';

/** Each takes a connection of the database: a backlog leaves the others to the requests. */
const CONCURRENCY = 4;

@Controller()
export class TimeTrackingConsumer {
  constructor(@Inject(Database) private readonly database: Executor) {}

  // The row keeps the version that it has taken, so there is no inbox. Events of one task would wait for each other in the
  // database.
  @OnEvent(timeTrackingEvents.actual_duration_changed, {
    consumer: 'tasks-actual-duration',
    module: 'tasks',
    concurrency: CONCURRENCY,
    key: ({ aggregate_id }) => aggregate_id,
  })
  async take({ aggregate_id: taskId, workspace_id: workspaceId, version, changes }: TaskTimeEvent): Promise<void> {
    await takeActualDuration(this.database, { taskId, workspaceId, version, duration: changes.actual_duration.to });
  }
}
