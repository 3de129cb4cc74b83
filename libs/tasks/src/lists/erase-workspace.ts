// Erases a workspace's lists, tasks, trash, filters, occurrences and their log after its last member has left.
import { Inject, Injectable } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import type { CallContext } from '@mono/contract';
import { RetryingDatabase, type Executor, type TransactionalExecutor } from '@mono/platform';
import { deleteListRow, lockList, readList } from '../persistence/list-records.js';
import { eraseFavorites } from '../persistence/favorite-records.js';
import { eraseOccurrences } from '../persistence/occurrence-records.js';
import { eraseRelations } from '../persistence/relation-records.js';
import { eraseTrash } from '../persistence/trash-records.js';
import { eraseTransitions } from '../persistence/transition-records.js';
import { eraseFilters } from '../saved-filters/saved-filter.store.js';
import { memberships } from '../tasks/assignees.js';
import { EmptyList } from './empty-list.js';

const CHUNK = 5_000;

@Injectable()
export class EraseWorkspace {
  constructor(
    @Inject(RetryingDatabase) private readonly database: TransactionalExecutor,
    private readonly signal: OutboxSignal,
    private readonly emptyList: EmptyList,
  ) {}

  /** List by list, each with its tasks and their events. A retry continues after a crash. */
  async erase(workspaceId: string, requestId: string): Promise<void> {
    const principal = { kind: 'system', id: 'tasks', workspaceId, scopes: ['*'] } as const;
    const context: CallContext = { principal, requestId, source: 'event' };
    while (await this.database.transaction((on) => this.eraseOne(on, context))) this.signal.wake();
    while ((await eraseRelations(this.database, workspaceId, CHUNK)) === CHUNK);
    while ((await eraseTrash(this.database, workspaceId, CHUNK)) === CHUNK);
    // The deletions just made are among them.
    while ((await eraseTransitions(this.database, workspaceId, CHUNK)) === CHUNK);
    // Last: while there is a list, an occurrence without a row could be made again.
    while ((await eraseOccurrences(this.database, workspaceId, CHUNK)) === CHUNK);
    while ((await eraseFilters(this.database, workspaceId, CHUNK)) === CHUNK);
    await memberships.erase(this.database, workspaceId);
    await eraseFavorites(this.database, workspaceId);
  }

  /** @returns whether there was one. */
  private async eraseOne(on: Executor, context: CallContext): Promise<boolean> {
    const { workspaceId } = context.principal;
    const [found] = await on.query<{ id: string }>(
      'SELECT id FROM tasks.list WHERE workspace_id = $1 ORDER BY id LIMIT 1',
      [workspaceId],
    );
    if (!found) return false;
    await lockList(on, workspaceId, found.id);
    const row = await readList(on, context.principal, found.id);
    if (row && row.total > 0) await this.emptyList.delete(on, context, row.id, true);
    if (row) await deleteListRow(on, context, row, true);
    return true;
  }
}
