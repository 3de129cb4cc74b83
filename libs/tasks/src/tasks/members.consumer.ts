// Tasks are unassigned with the end of their assignee's membership.
import { Controller } from '@nestjs/common';
import type { MemberEvent } from '@mono/auth/contract';
import { defineEvent } from '@mono/bus';
import { OnEvent } from '@mono/platform';
import { FormerMembers } from './former-members.js';

/** Many tasks may be assigned to one user. A retry continues where the attempt before it has stopped. */
const TIMEOUT_MS = 10 * 60 * 1_000;
/** Each takes a connection of the database: a backlog leaves the others to the requests. */
const CONCURRENCY = 2;

class MemberRemoved implements Pick<MemberEvent, 'workspace_id' | 'user_id' | 'occurred_at' | 'request_id'> {
  workspace_id: string;
  user_id: string;
  occurred_at: string;
  request_id: string;
}

const memberRemoved = defineEvent({ module: 'auth', name: 'member_removed', event: MemberRemoved });

@Controller()
export class MembersConsumer {
  constructor(private readonly formerMembers: FormerMembers) {}

  // The row of the membership records what has been done, so there is no inbox.
  @OnEvent(memberRemoved, {
    consumer: 'tasks-leavers',
    module: 'tasks',
    concurrency: CONCURRENCY,
    timeoutMs: TIMEOUT_MS,
  })
  async end({ workspace_id: workspaceId, user_id: userId, occurred_at, request_id }: MemberRemoved): Promise<void> {
    await this.formerMembers.end({ workspaceId, userId, requestId: request_id }, occurred_at);
  }
}
