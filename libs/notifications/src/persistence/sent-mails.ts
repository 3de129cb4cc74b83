// Which events have had their mail. Mail is outside of the database, so this is noted behind it: a crash in between sends
// the same mail again.
import type { Executor } from '@mono/platform';

const CONSUMER = 'mail';

export async function wasSent(on: Executor, eventId: string): Promise<boolean> {
  const rows = await on.query(
    { name: 'notifications.was_sent', text: 'SELECT 1 FROM notifications.inbox WHERE consumer = $1 AND event_id = $2' },
    [CONSUMER, eventId],
  );
  return rows.length > 0;
}

export async function noteSent(on: Executor, eventId: string): Promise<void> {
  await on.query(
    {
      name: 'notifications.note_sent',
      text: 'INSERT INTO notifications.inbox (consumer, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    },
    [CONSUMER, eventId],
  );
}
