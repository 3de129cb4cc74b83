// Former members can no longer stop their timers: these end when the membership did.
import { Inject, Injectable } from '@nestjs/common';
import { MembersClient } from '@mono/auth/contract';
import { OutboxSignal } from '@mono/bus/outbox';
import { NotFoundError } from '@mono/contract/errors';
import { Database, type TransactionalExecutor } from '@mono/platform';
import { toWriteEntries } from '../persistence/conditions.js';
import { systemIn } from '../persistence/entry-events.js';
import { lockRunning, readRunning } from '../persistence/entry-reads.js';
import type { EntryRow } from '../persistence/entry-rows.js';
import { stopRunning } from './timer.js';

/** The end of a membership. */
export interface Leave {
  workspace_id: string;
  user_id: string;
  /** RFC 3339. */
  occurred_at: string;
  request_id: string;
}

@Injectable()
export class FormerMembers {
  constructor(
    @Inject(Database) private readonly database: TransactionalExecutor,
    private readonly signal: OutboxSignal,
    @Inject(MembersClient) private readonly members: Pick<MembersClient, 'membersAmong'>,
  ) {}

  /** May be repeated: then no timer runs. A user who is back keeps the timer that they started since. */
  async stopTimer(leave: Leave): Promise<void> {
    const { workspace_id: workspaceId, user_id: userId, occurred_at: leftAt } = leave;
    const running = await readRunning(this.database, workspaceId, userId);
    if (!running) return;
    const isLater = Date.parse(running.created_at) > Date.parse(leftAt);
    if (isLater && (await this.members.membersAmong(workspaceId, [userId])).length > 0) return;
    await this.stop(leave, running.id);
  }

  /** Those of a deleted account, in all workspaces. */
  async stopTimers(leave: Omit<Leave, 'workspace_id'>): Promise<void> {
    const running = await this.database.query<Pick<EntryRow, 'id' | 'workspace_id'>>(
      'SELECT id, workspace_id FROM time_tracking.entry WHERE user_id = $1 AND ended_at IS NULL',
      [leave.user_id],
    );
    for (const { id, workspace_id } of running) await this.stop({ ...leave, workspace_id }, id);
  }

  /** Only the timer that was looked at: another one may run by now. */
  private async stop(leave: Leave, id: string): Promise<void> {
    const { workspace_id: workspaceId, user_id: userId, request_id: requestId } = leave;
    const stopping = this.database.transaction(async (on) => {
      const conditions = await toWriteEntries(on, workspaceId, userId);
      const row = await lockRunning(on, workspaceId, userId);
      if (row?.id !== id) return;
      const now = notWithin(conditions.settings.locked_until, leave.occurred_at);
      await stopRunning(on, systemIn(workspaceId, requestId), row, { ...conditions, now });
      on.afterCommit(() => this.signal.wake());
    });
    await stopping.catch(unlessGone);
  }
}

/** With a workspace its entries go, and no timer has to be stopped there. */
function unlessGone(error: unknown): void {
  if (!(error instanceof NotFoundError) || error.code !== 'workspace_not_found') throw error;
}

/** What has been closed meanwhile stays: the timer has run through it. */
function notWithin(lockedUntil: string | null, at: string): string {
  return lockedUntil !== null && Date.parse(lockedUntil) > Date.parse(at) ? lockedUntil : at;
}
