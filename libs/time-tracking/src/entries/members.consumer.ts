// Timers end with their user's membership or account, and when the user's role no longer writes time.
import { Controller, Inject } from '@nestjs/common';
import { authEvents, MembersClient, ROLES, scopesOfRole, type Role } from '@mono/auth/contract';
import type { BodyOf } from '@mono/bus';
import { OnEvent } from '@mono/platform';
import { timeTrackingEvents, type TimerForgotten } from '../../contract/time-tracking.events.js';
import { FormerMembers } from './former-members.js';

const leavingEvents = [authEvents.member_removed, authEvents.member_updated, authEvents.account_deleted] as const;

@Controller()
export class MembersConsumer {
  constructor(
    private readonly formerMembers: FormerMembers,
    @Inject(MembersClient) private readonly members: Pick<MembersClient, 'membersAmong'>,
  ) {}

  @OnEvent(leavingEvents, { consumer: 'time-tracking-leavers', module: 'time-tracking' })
  async stop(event: BodyOf<typeof leavingEvents>): Promise<void> {
    if (event.event === 'account_deleted') {
      const { aggregate_id: user_id, occurred_at, request_id } = event;
      await this.formerMembers.stopTimers({ user_id, occurred_at, request_id });
    } else if (event.event === 'member_removed' || onlyReads(event.changes['role']?.to)) {
      const { workspace_id, user_id, occurred_at, request_id } = event;
      await this.formerMembers.stopTimer({ workspace_id, user_id, occurred_at, request_id });
    }
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
