// What becomes of a user's preferences and reminders when the account is deleted.
import { onceByInbox } from '@mono/bus';
import type { TransactionalExecutor } from '@mono/platform';
import type { AccountEvent } from '../bus/account-events.js';
import { forgetUser } from '../persistence/followed-tasks.js';
import { deletePreferences, lockPreferences } from '../persistence/preferences.js';
import { deleteReminders } from '../persistence/reminders.js';

export const ACCOUNTS_CONSUMER = 'notifications-accounts';

export async function forget(database: TransactionalExecutor, event: AccountEvent): Promise<void> {
  const { id: eventId, aggregate_id: userId, workspace_ids = [] } = event;
  await database.transaction((on) =>
    onceByInbox(on, { schema: 'notifications', consumer: ACCOUNTS_CONSUMER, eventId }, async () => {
      await lockPreferences(on, userId, 'to change');
      await deletePreferences(on, userId);
      await deleteReminders(on, userId);
      await forgetUser(on, userId, workspace_ids);
    }),
  );
}
