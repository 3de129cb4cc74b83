// What becomes of the templates of a list that is deleted, and of those of a workspace that is gone.
import type { OutboxSignal } from '@mono/bus/outbox';
import type { CallContext } from '@mono/contract';
import type { TransactionalExecutor } from '@mono/platform';
import { memberships } from '../members/members.js';
import { lockTemplate } from '../persistence/template-rows.js';
import { endInName } from './end-template.js';

/** They end with it. @returns which. */
export async function endTemplatesOfList(
  database: TransactionalExecutor,
  signal: OutboxSignal,
  context: CallContext,
  listId: string,
): Promise<string[]> {
  const found = await database.query<{ id: string }>(
    `SELECT id FROM recurrence.template WHERE list_id = $1 AND workspace_id = $2 AND status <> 'ended'`,
    [listId, context.principal.workspaceId],
  );
  for (const { id } of found) {
    await database.transaction(async (on) => {
      const row = await lockTemplate(on, id);
      // Given another list in between.
      if (!row || row.status === 'ended' || row.list_id !== listId) return;
      await endInName(on, context, row, 'tasks');
      on.afterCommit(() => signal.wake());
    });
  }
  return found.map(({ id }) => id);
}

/** Nothing stays. Its tasks are erased by tasks. */
export async function eraseWorkspace(database: TransactionalExecutor, workspaceId: string): Promise<void> {
  await database.transaction(async (on) => {
    // First, as everybody locks them first: afterwards nobody can plan an occurrence any more.
    await on.query('DELETE FROM recurrence.template WHERE workspace_id = $1', [workspaceId]);
    await on.query('DELETE FROM recurrence.occurrence WHERE workspace_id = $1', [workspaceId]);
    await memberships.erase(on, workspaceId);
  });
}
