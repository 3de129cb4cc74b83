// What ends somebody's timers: that they leave a workspace, or may only look on in it; or that their account goes.
import { defineEvent, type Bus, type EventContract } from '@mono/bus';
import { ROLES, scopesOfRole, type MemberEvent, type Role, type UserEvent } from '@mono/auth/contract';
import { timeTrackingEvents, type TimerForgotten } from '../../contract/time-tracking.events.js';
import { stopEverywhere, stopLeaver, type LeaversParts } from '../entries/stop-leavers.js';

/** What is needed of an event. */
class LeavingEvent {
  event: (MemberEvent | UserEvent)['event'];
  /** With `account_deleted`: the user. */
  aggregate_id: string;
  occurred_at: string;
  request_id: string;
  /** With `member_removed` and `member_updated`. */
  workspace_id?: MemberEvent['workspace_id'];
  user_id?: MemberEvent['user_id'];
  changes: MemberEvent['changes'];
}

/** To be called before the bus starts. */
export function stopTimersOfLeavers(bus: Bus, parts: LeaversParts): void {
  const contracts: EventContract<LeavingEvent>[] = ['member_removed', 'member_updated', 'account_deleted'].map((name) =>
    defineEvent({ module: 'auth', name, event: LeavingEvent }),
  );
  bus.onDurableEvent(contracts, (body) => hear(parts, body as LeavingEvent), {
    consumer: 'time-tracking-leavers',
    module: 'time-tracking',
  });
}

/**
 * A node may believe a session for some seconds after the membership has ended. A timer that was started then is found when
 * it seems forgotten, and has taken no time.
 * To be called before the bus starts.
 */
export function stopForgottenOfLeavers(bus: Bus, parts: LeaversParts): void {
  const stop = async (body: unknown): Promise<void> => {
    const { workspace_id, user_id, request_id, timer } = body as TimerForgotten;
    if ((await parts.members.membersAmong(workspace_id, [user_id])).length > 0) return;
    await stopLeaver(parts, { workspace_id, user_id, request_id, occurred_at: timer.started_at });
  };
  bus.onDurableEvent([timeTrackingEvents.timer_forgotten], stop, {
    consumer: 'time-tracking-forgotten',
    module: 'time-tracking',
  });
}

async function hear(
  parts: LeaversParts,
  { event, aggregate_id, workspace_id, user_id, changes, ...when }: LeavingEvent,
): Promise<void> {
  if (event === 'member_updated' && !onlyLooksOn(changes['role']?.to)) return;
  if (event === 'account_deleted') await stopEverywhere(parts, { ...when, user_id: aggregate_id });
  else if (workspace_id !== undefined && user_id !== undefined)
    await stopLeaver(parts, { ...when, workspace_id, user_id });
}

/** Whether somebody of the role writes no time, and hence stops no timer. */
function onlyLooksOn(role: unknown): boolean {
  if (!ROLES.includes(role as Role)) return false;
  const scopes = scopesOfRole(role as Role);
  return !scopes.includes('*') && !scopes.includes('time:write');
}
