// What this module hears of members: with the membership, the tasks of the workspace are somebody's no more.
import { defineEvent, type Bus } from '@mono/bus';
import type { MemberEvent } from '@mono/auth/contract';
import type { Leavers } from '../tasks/unassign-leavers.js';

/** What is needed of the event. */
class MemberRemoved implements Pick<MemberEvent, 'workspace_id' | 'user_id' | 'occurred_at' | 'request_id'> {
  workspace_id: string;
  user_id: string;
  occurred_at: string;
  request_id: string;
}

const memberRemoved = defineEvent({ module: 'auth', name: 'member_removed', event: MemberRemoved });

/** Somebody may have many tasks; tried again, it goes on where it was. */
const TIMEOUT_MS = 10 * 60 * 1_000;
/** A connection of the database each: a backlog leaves the others to the requests. */
const CONCURRENCY = 2;

/** To be called before the bus starts. There is no inbox: the row of the membership says what has been done. */
export function unassignLeavers(bus: Pick<Bus, 'onDurableEvent'>, leavers: Pick<Leavers, 'end'>): void {
  const end = (body: unknown): Promise<void> => {
    const { workspace_id: workspaceId, user_id: userId, occurred_at: leftAt, request_id } = body as MemberRemoved;
    return leavers.end({ workspaceId, userId, requestId: request_id }, leftAt);
  };
  bus.onDurableEvent([memberRemoved], end, {
    consumer: 'tasks-leavers',
    module: 'tasks',
    concurrency: CONCURRENCY,
    timeoutMs: TIMEOUT_MS,
  });
}
