import type { CallContext } from '@mono/contract';
import { requireOpen } from '../domain/closed-period.js';
import { reachOf } from '../reach-of.js';
import { toWriteEntries } from '../persistence/conditions.js';
import { addDeletedEvent } from '../persistence/entry-events.js';
import { lockEntry, readEntry } from '../persistence/entry-reads.js';
import { deleteEntryRow } from '../persistence/entry-records.js';
import { requireWritable } from './change-entry.js';
import type { EntriesParts } from './entries-parts.js';

/** Also one whose timer runs. */
export async function deleteEntry({ database, signal }: EntriesParts, context: CallContext, id: string): Promise<void> {
  const { principal } = context;
  const { user_id: userId } = requireWritable(context, id, await readEntry(database, reachOf(principal), id));
  await database.transaction(async (on) => {
    const { settings } = await toWriteEntries(on, principal.workspaceId, userId);
    const row = requireWritable(context, id, await lockEntry(on, reachOf(principal), id));
    requireOpen(row, settings.locked_until);
    await addDeletedEvent(on, context, row, await deleteEntryRow(on, id));
    on.afterCommit(() => signal.wake());
  });
}
