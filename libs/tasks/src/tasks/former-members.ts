// Unassigns the open tasks of former members and deletes their personal filters, each with an event, and erases
// their favorites. Closed tasks keep their assignee as a record.
import { Inject, Injectable } from '@nestjs/common';
import type { CallContext } from '@mono/contract';
import {
  Departures,
  RetryingDatabase,
  type Departure,
  type Executor,
  type TransactionalExecutor,
} from '@mono/platform';
import { MembersClient } from '@mono/auth/contract';
import { OutboxSignal } from '@mono/bus/outbox';
import { isOpen } from '../domain/occurrence-revision.js';
import { changesBetween } from '../domain/task-state.js';
import { eraseFavoritesOf } from '../persistence/favorite-records.js';
import { lockOccurrences, saveOccurrences } from '../persistence/occurrence-records.js';
import { findOpenOf, lockTasks, stateOf, type OpenTask } from '../persistence/task-reads.js';
import { updateTasks } from '../persistence/task-records.js';
import { PersonalFilters } from '../saved-filters/personal-filters.js';
import { memberships } from './assignees.js';

/** Tasks per transaction. */
const BATCH = 500;

/** Open tasks of members who leave become unassigned. */
@Injectable()
export class FormerMembers extends Departures<OpenTask> {
  /** Tasks per transaction. */
  batch = BATCH;

  constructor(
    @Inject(RetryingDatabase) database: TransactionalExecutor,
    signal: OutboxSignal,
    @Inject(MembersClient) members: Pick<MembersClient, 'memberships'>,
    filters: PersonalFilters,
  ) {
    const clear = async (on: Executor, departure: Departure, after?: OpenTask): Promise<OpenTask | undefined> => {
      if (after === undefined) {
        await filters.deleteOf(on, departure);
        await eraseFavoritesOf(on, departure);
      }
      const found = await findOpenOf(on, departure, after, this.batch);
      if (found.length > 0) await unassign(on, departure, found);
      on.afterCommit(() => signal.wake());
      return found.at(-1);
    };
    super({ database, memberships, members, clear });
  }
}

async function unassign(
  on: Executor,
  { workspaceId, userId, requestId }: Departure,
  found: readonly OpenTask[],
): Promise<void> {
  const ids = found.map(({ id }) => id);
  const context: CallContext = {
    principal: { kind: 'system', id: 'tasks', workspaceId, scopes: ['*'] },
    requestId,
    source: 'event',
  };
  // Occurrences before their tasks, in the order of a revision.
  const occurrences = await lockOccurrences(on, workspaceId, ids);
  const rows = await lockTasks(on, context.principal, ids);
  const changes = rows
    .filter((row) => row.assignee_id === userId && isOpen(row))
    .map((row) => {
      const from = stateOf(row);
      const state = { ...from, assignee_id: null };
      return { row, state, event: 'updated' as const, changes: changesBetween(from, state) };
    });
  if (changes.length === 0) return;
  const written = await updateTasks(on, context, changes, { origin: 'system' });
  // An untouched occurrence continues to follow its template.
  const untouched = written.flatMap(({ id, version }) => {
    const occurrence = occurrences.get(id);
    return occurrence?.written_version === version - 1 ? [{ ...occurrence, written_version: version }] : [];
  });
  if (untouched.length > 0) await saveOccurrences(on, workspaceId, untouched);
}
