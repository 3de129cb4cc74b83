// Finds timers that somebody seems to have forgotten, and says so once each: the mark and the event that the mail is made of
// commit together, on whichever node comes first.
import type { OutboxSignal } from '@mono/bus/outbox';
import type { TransactionalExecutor } from '@mono/platform';
import { addForgottenEvents } from '../persistence/entry-events.js';
import { lockForgotten, markForgotten } from '../persistence/forgotten-timers.js';

const BATCH = 200;

/** @returns how many events were added. */
export async function noticeForgotten(
  database: TransactionalExecutor,
  signal: OutboxSignal,
  batch = BATCH,
): Promise<number> {
  for (let told = 0; ;) {
    const found = await database.transaction(async (on) => {
      const timers = await lockForgotten(on, batch);
      if (timers.length === 0) return 0;
      await markForgotten(
        on,
        timers.map(({ row }) => row.id),
      );
      await addForgottenEvents(on, timers);
      on.afterCommit(() => signal.wake());
      return timers.length;
    });
    told += found;
    if (found < batch) return told;
  }
}
