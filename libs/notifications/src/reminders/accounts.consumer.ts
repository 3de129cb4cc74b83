// Deletes a user's preferences and reminders with the account. Tasks of workspaces that are deleted with it are deleted by
// their module, which publishes an event for each.
import { Controller, Inject } from '@nestjs/common';
import { authEvents, type UserEvent } from '@mono/auth/contract';
import { onceByInbox } from '@mono/bus/outbox';
import { Database, OnEvent, type TransactionalExecutor } from '@mono/platform';
import { forgetAssignee } from '../persistence/followed-tasks.js';
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
  async forget({ id: eventId, aggregate_id: userId }: Pick<UserEvent, 'id' | 'aggregate_id'>): Promise<void> {
    await this.database.transaction((on) =>
      onceByInbox(on, { schema: 'notifications', consumer: CONSUMER, eventId }, async () => {
        await lockPreferences(on, userId, 'to change');
        await deletePreferences(on, userId);
        await deleteReminders(on, userId);
        await forgetAssignee(on, userId);
      }),
    );
  }
}
