// Personal filters are a member's: they are written for members only, and deleted with the membership.
import { Injectable } from '@nestjs/common';
import { DomainError, type CallContext } from '@mono/contract';
import type { Departure, Executor, TransactionalExecutor } from '@mono/platform';
import { inTransaction } from '../persistence/in-transaction.js';
import { Assignees } from '../tasks/assignees.js';
import { FilterEvents } from './filter-events.js';
import { SavedFilterStore } from './saved-filter.store.js';

@Injectable()
export class PersonalFilters {
  constructor(
    private readonly assignees: Assignees,
    private readonly store: SavedFilterStore,
    private readonly events: FilterEvents,
  ) {}

  /**
   * Runs `work` in a transaction, before whose end the caller does not leave the workspace here.
   * @param isPersonal whether it may write a personal filter. @throws DomainError `forbidden` for a former member.
   */
  writing<T>(
    on: Executor | TransactionalExecutor,
    call: CallContext,
    isPersonal: boolean,
    work: (on: Executor) => Promise<T>,
  ): Promise<T> {
    const { kind, id } = call.principal;
    if (!isPersonal || kind !== 'user') return inTransaction(on, work);
    return this.assignees.assigning(on, call, [{ assignee_id: id }], (transaction, { strangers }) => {
      if (strangers.size > 0)
        throw new DomainError('forbidden', 'forbidden', 'The caller is not a member of the workspace any more.');
      return work(transaction);
    });
  }

  /** In a transaction that has locked the ended membership. */
  async deleteOf(on: Executor, { workspaceId, userId, requestId }: Departure): Promise<void> {
    const principal = { kind: 'system', id: 'tasks', workspaceId, scopes: ['*'] } as const;
    await this.store.lock(on, workspaceId);
    for (const row of await this.store.deletePersonal(on, { workspaceId, userId }))
      await this.events.add(on, { principal, requestId, source: 'event' }, row, undefined, 'system');
  }
}
