// Timers end with their user's membership or account, and when the user's role no longer writes time.
import { Controller, Inject } from '@nestjs/common';
import { MembersClient, ROLES, scopesOfRole, type MemberEvent, type Role, type UserEvent } from '@mono/auth/contract';
import { defineEvent } from '@mono/bus';
import { OnEvent } from '@mono/platform';
import { timeTrackingEvents, type TimerForgotten } from '../../contract/time-tracking.events.js';
import { FormerMembers } from './former-members.js';

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

const leavingEvents = ['member_removed', 'member_updated', 'account_deleted'].map((name) =>
  defineEvent({ module: 'auth', name, event: LeavingEvent }),
);

@Controller()
export class MembersConsumer {
  constructor(
    private readonly formerMembers: FormerMembers,
    @Inject(MembersClient) private readonly members: Pick<MembersClient, 'membersAmong'>,
  ) {}

  @OnEvent(leavingEvents, { consumer: 'time-tracking-leavers', module: 'time-tracking' })
  async stop({ event, aggregate_id, workspace_id, user_id, changes, ...when }: LeavingEvent): Promise<void> {
    if (event === 'member_updated' && !onlyReads(changes['role']?.to)) return;
    if (event === 'account_deleted') await this.formerMembers.stopTimers({ ...when, user_id: aggregate_id });
    else if (workspace_id !== undefined && user_id !== undefined)
      await this.formerMembers.stopTimer({ ...when, workspace_id, user_id });
  }

  // A node may accept a session for some seconds after the membership has ended. A timer that was started then is found when
  // it seems forgotten, and has taken no time.
  @OnEvent(timeTrackingEvents.timer_forgotten, { consumer: 'time-tracking-forgotten', module: 'time-tracking' })
  async stopForgotten({ workspace_id, user_id, request_id, timer }: TimerForgotten): Promise<void> {
    if ((await this.members.membersAmong(workspace_id, [user_id])).length > 0) return;
    await this.formerMembers.stopTimer({ workspace_id, user_id, request_id, occurred_at: timer.started_at });
  }
}

/** Whether users of the role write no time, and hence stop no timer. */
function onlyReads(role: unknown): boolean {
  if (!ROLES.includes(role as Role)) return false;
  const scopes = scopesOfRole(role as Role);
  return !scopes.includes('*') && !scopes.includes('time:write');
}
