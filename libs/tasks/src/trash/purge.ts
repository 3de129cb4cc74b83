// Deletes for good what is in the trash: one thing that somebody names, or everything that is there for too long.
import { Injectable } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import { requireRights, type CallContext } from '@mono/contract';
import { NodeInfo, Periodically, PRUNING_INTERVAL_MS, RetryingDatabase, type Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import type { DeletionRoot, TaskEvent } from '../../contract/tasks.events.js';
import { beyond, reaches } from '../domain/reach.js';
import {
  findExpired,
  lockRoots,
  lockTrashed,
  purgeThings,
  readDeletions,
  readMembers,
  type ExpiredRoot,
  type Purged,
  type TrashRoot,
} from '../persistence/trash-records.js';
import { subtreeOf } from './subtree.js';

const CHUNK = 1_000;

/** Bounds of the work of a node. */
export interface PurgeBounds {
  /** Things in one transaction, beyond one deletion that has more. */
  batch: number;
  /** Transactions of one run. The next run continues. */
  batches: number;
}

@Injectable()
export class Purge {
  bounds: PurgeBounds = { batch: CHUNK, batches: 50 };

  constructor(
    private readonly writes: RetryingDatabase,
    private readonly signal: OutboxSignal,
    private readonly node: NodeInfo,
  ) {}

  /** @returns whether it was in the trash within the caller's reach. @throws DomainError `forbidden`. */
  delete(call: CallContext, id: string): Promise<boolean> {
    requireRights(call.principal, { scope: 'admin' });
    return this.writes.transaction(async (on) => {
      const found = await lockTrashed(on, call.principal, id);
      if (!found) return false;
      const { thing } = found;
      const members = await readMembers(on, found.root);
      const things = thing.kind === 'list' ? [...members, thing] : subtreeOf(thing, members).toReversed();
      if (things.some(({ list_id: listId }) => !reaches(call.principal, listId)))
        throw beyond('some of it was in others');
      const root: DeletionRoot = { type: thing.kind, id: thing.id };
      await purgeAll(
        on,
        things.map((one) => ({ thing: one, root, context: call })),
        'user',
      );
      on.afterCommit(() => this.signal.wake());
      return true;
    });
  }

  @Periodically({ everyMs: PRUNING_INTERVAL_MS, atStart: true, failure: 'Failed to purge the trash' })
  async purge(): Promise<void> {
    for (let batch = 0; batch < this.bounds.batches; batch += 1) {
      if (!(await this.purgeBatch())) return;
    }
  }

  /** Nodes that purge at the same time take different deletions. @returns whether there may be more. */
  private purgeBatch(): Promise<boolean> {
    return this.writes.transaction(async (on) => {
      const expired = await findExpired(on, this.node.trashDays, this.bounds.batch);
      const roots = new Map(
        (await lockRoots(on, withinBatch(expired, this.bounds.batch))).map((root) => [root.id, root]),
      );
      const requestId = uuidv7();
      const things = await readDeletions(on, [...roots.keys()]);
      await purgeAll(
        on,
        things.flatMap((thing) => {
          const root = roots.get(thing.root_id);
          return root
            ? [{ thing, root: { type: root.kind, id: root.id }, context: onOwnAccount(root, requestId) }]
            : [];
        }),
        'system',
      );
      on.afterCommit(() => this.signal.wake());
      return roots.size > 0;
    });
  }
}

/** The oldest deletions that fit, and at least one. */
function withinBatch(expired: readonly ExpiredRoot[], most: number): string[] {
  let things = 0;
  const fitting = expired.filter(({ members }, index) => {
    things += members + 1;
    return index === 0 || things <= most;
  });
  return fitting.map(({ id }) => id);
}

function onOwnAccount({ workspace_id: workspaceId }: TrashRoot, requestId: string): CallContext {
  return { principal: { kind: 'system', id: 'tasks', workspaceId, scopes: ['*'] }, requestId, source: 'schedule' };
}

async function purgeAll(on: Executor, things: readonly Purged[], origin: TaskEvent['origin']): Promise<void> {
  for (let from = 0; from < things.length; from += CHUNK)
    await purgeThings(on, things.slice(from, from + CHUNK), origin);
}
