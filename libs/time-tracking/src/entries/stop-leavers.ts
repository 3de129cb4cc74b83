// Who has left can stop no timer any more: it ends when they left.
import type { OutboxSignal } from '@mono/bus/outbox';
import type { MembersClient } from '@mono/auth/contract';
import type { Executor, TransactionalExecutor } from '@mono/platform';
import { NotFoundError } from '@mono/contract/errors';
import { toWriteEntries } from '../persistence/conditions.js';
import { systemIn } from '../persistence/entry-events.js';
import { lockRunning, readRunning } from '../persistence/entry-reads.js';
import type { EntryRow } from '../persistence/entry-rows.js';
import { stopRunning } from './timer.js';

export interface LeaversParts {
  database: TransactionalExecutor;
  signal: OutboxSignal;
  members: Pick<MembersClient, 'membersAmong'>;
}

/** That somebody has left a workspace. */
export interface Leave {
  workspace_id: string;
  user_id: string;
  /** RFC 3339. */
  occurred_at: string;
  request_id: string;
}

/** Heard again, it finds nothing that runs. Who is back has the timer that they started since. */
export async function stopLeaver(parts: LeaversParts, leave: Leave): Promise<void> {
  const { workspace_id: workspaceId, user_id: userId, occurred_at: leftAt } = leave;
  const running = await readRunning(parts.database, workspaceId, userId);
  if (!running) return;
  const isLater = Date.parse(running.created_at) > Date.parse(leftAt);
  if (isLater && (await parts.members.membersAmong(workspaceId, [userId])).length > 0) return;
  await stop(parts, leave, running.id);
}

/** Of who is nowhere any more. @param leave of each workspace alike. */
export async function stopEverywhere(parts: LeaversParts, leave: Omit<Leave, 'workspace_id'>): Promise<void> {
  const running = await parts.database.query<Pick<EntryRow, 'id' | 'workspace_id'>>(
    'SELECT id, workspace_id FROM time_tracking.entry WHERE user_id = $1 AND ended_at IS NULL',
    [leave.user_id],
  );
  for (const { id, workspace_id } of running) await stop(parts, { ...leave, workspace_id }, id);
}

/** Only the timer that was looked at: another one may run by now. */
async function stop({ database, signal }: LeaversParts, leave: Leave, id: string): Promise<void> {
  const { workspace_id: workspaceId, user_id: userId, request_id: requestId } = leave;
  const stopping = database.transaction(async (on: Executor) => {
    const conditions = await toWriteEntries(on, workspaceId, userId);
    const row = await lockRunning(on, workspaceId, userId);
    if (row?.id !== id) return;
    const now = notWithin(conditions.settings.locked_until, leave.occurred_at);
    await stopRunning(on, systemIn(workspaceId, requestId), row, { ...conditions, now });
    on.afterCommit(() => signal.wake());
  });
  await stopping.catch(unlessGone);
}

/** With a workspace its entries go, and no timer has to be stopped there. */
function unlessGone(error: unknown): void {
  if (!(error instanceof NotFoundError) || error.code !== 'workspace_not_found') throw error;
}

/** What has been closed meanwhile stays: the timer has run through it. */
function notWithin(lockedUntil: string | null, at: string): string {
  return lockedUntil !== null && Date.parse(lockedUntil) > Date.parse(at) ? lockedUntil : at;
}
