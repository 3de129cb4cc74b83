// Records who assigns tasks to others.
import { Controller, Inject } from '@nestjs/common';
import { onceByInbox } from '@mono/bus/outbox';
import { Database, OnEvent, type TransactionalExecutor } from '@mono/platform';
import { tasksEvents } from '@mono/tasks/contract';
import { assignmentOf, type AssigningEvent } from '../domain/assignment.js';
import { saveAssignment } from '../persistence/assignments.js';
import { ensureDigest } from '../persistence/digests.js';

const CONSUMER = 'notifications-assignments';
const HOUR_MS = 60 * 60_000;
/** A mail about an older one, as after an outage, would come too late. */
const ANNOUNCED_MS = HOUR_MS;
/** A new consumer starts at the beginning of the stream. */
const RECORDED_MS = 24 * HOUR_MS;

const { created, updated, status_changed, completed } = tasksEvents;

@Controller()
export class AssignmentsConsumer {
  constructor(@Inject(Database) private readonly database: TransactionalExecutor) {}

  @OnEvent([created, updated, status_changed, completed], {
    consumer: CONSUMER,
    module: 'notifications',
    key: ({ aggregate_id }) => aggregate_id,
  })
  async record(event: AssigningEvent): Promise<void> {
    const assignment = assignmentOf(event);
    const ageMs = Date.now() - Date.parse(event.occurred_at);
    if (!assignment || ageMs > RECORDED_MS) return;
    await this.database.transaction((on) =>
      onceByInbox(on, { schema: 'notifications', consumer: CONSUMER, eventId: event.id }, async () => {
        await saveAssignment(on, assignment, ageMs <= ANNOUNCED_MS);
        await ensureDigest(on, assignment.userId);
      }),
    );
  }
}
