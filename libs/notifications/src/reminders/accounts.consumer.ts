// Deletes a user's preferences, reminders, assignments and digest with the account. The tasks module publishes `deleted` for each task of a
// workspace that is deleted with it.
import { Controller, Inject } from '@nestjs/common';
import { authEvents, type UserEvent } from '@mono/auth/contract';
import { onceByInbox } from '@mono/bus/outbox';
import { Database, OnEvent, type TransactionalExecutor } from '@mono/platform';
import { deleteAssignments } from '../persistence/assignments.js';
import { deleteDigest } from '../persistence/digests.js';
import { cancelReminders } from '../persistence/followed-tasks.js';
import { deletePreferences, lockPreferences } from '../persistence/preferences.js';
import { deleteReminders } from '../persistence/reminders.js';

const CONSUMER = 'notifications-accounts';

@Controller()
export class AccountsConsumer {
  constructor(@Inject(Database) private readonly database: TransactionalExecutor) {}

  @OnEvent(authEvents.account_deleted, {
    consumer: CONSUMER,
    module: 'notifications',
    key: ({ aggregate_id }) => aggregate_id,
  })
  async deleteUser({ id: eventId, aggregate_id: userId }: Pick<UserEvent, 'id' | 'aggregate_id'>): Promise<void> {
    await this.database.transaction((on) =>
      onceByInbox(on, { schema: 'notifications', consumer: CONSUMER, eventId }, async () => {
        await lockPreferences(on, userId, 'exclusive');
        await deletePreferences(on, userId);
        await deleteReminders(on, userId);
        await deleteAssignments(on, userId);
        await deleteDigest(on, userId);
        await cancelReminders(on, userId);
      }),
    );
  }
}
