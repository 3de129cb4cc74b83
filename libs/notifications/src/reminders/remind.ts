// Finds the tasks of which it is time to tell, and says so once each: the mark and the event that the mail is made of commit
// together, on whichever node comes first.
import type { OutboxSignal } from '@mono/bus/outbox';
import type { TransactionalExecutor } from '@mono/platform';
import { addReminderEvents } from '../persistence/notification-events.js';
import { insertReminders, lockTimely, settleTimely } from '../persistence/reminders.js';

const BATCH = 200;

/** @returns how many are told. */
export async function remind(database: TransactionalExecutor, signal: OutboxSignal, batch = BATCH): Promise<number> {
  for (let told = 0; ;) {
    const round = await database.transaction(async (on) => {
      const timely = await lockTimely(on, batch);
      if (timely.length === 0) return { looked: 0, told: 0 };
      const fresh = await insertReminders(on, timely);
      await settleTimely(
        on,
        timely.map(({ task_id }) => task_id),
      );
      await addReminderEvents(on, fresh);
      on.afterCommit(() => signal.wake());
      return { looked: timely.length, told: fresh.length };
    });
    told += round.told;
    if (round.looked < batch) return told;
  }
}
