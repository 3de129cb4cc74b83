// What becomes of a user's preferences and reminders when the account is deleted. The tasks of workspaces that go with it
// are deleted by the module whose they are, which tells so.
import { onceByInbox } from '@mono/bus/outbox';
import type { TransactionalExecutor } from '@mono/platform';
import type { AccountEvent } from '../bus/account-events.js';
import { forgetAssignee } from '../persistence/followed-tasks.js';
import { deletePreferences, lockPreferences } from '../persistence/preferences.js';
import { deleteReminders } from '../persistence/reminders.js';

export const ACCOUNTS_CONSUMER = 'notifications-accounts';

export async function forget(database: TransactionalExecutor, event: AccountEvent): Promise<void> {
  const { id: eventId, aggregate_id: userId } = event;
  await database.transaction((on) =>
    onceByInbox(on, { schema: 'notifications', consumer: ACCOUNTS_CONSUMER, eventId }, async () => {
      await lockPreferences(on, userId, 'to change');
      await deletePreferences(on, userId);
      await deleteReminders(on, userId);
      await forgetAssignee(on, userId);
    }),
  );
}
