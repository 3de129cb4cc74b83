// The key that signs links: one per installation, made by the first node that needs it.
import type { Executor } from '@mono/platform';

/** @param made is kept unless there is one already. @returns the kept one. */
export async function keepLinkKey(on: Executor, made: Buffer): Promise<Buffer> {
  await on.query('INSERT INTO notifications.link_key (key) VALUES ($1) ON CONFLICT DO NOTHING', [made]);
  const [row] = await on.query<{ key: Buffer }>('SELECT key FROM notifications.link_key');
  if (!row) throw new Error('Invariant violated: the key of links was not kept.');
  return row.key;
}
