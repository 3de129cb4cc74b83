// Tasks are unassigned with the end of their assignee's membership.
import { Controller } from '@nestjs/common';
import { authEvents, type MemberEvent } from '@mono/auth/contract';
import { OnEvent } from '@mono/platform';
import { FormerMembers } from './former-members.js';

/** Many tasks may be assigned to one user. A retry continues where the attempt before it has stopped. */
const TIMEOUT_MS = 10 * 60 * 1_000;
/** Each takes a connection of the database: a backlog leaves the others to the requests. */
const CONCURRENCY = 2;

@Controller()
export class MembersConsumer {
  constructor(private readonly formerMembers: FormerMembers) {}

  // The row of the membership records what has been done, so there is no inbox.
  @OnEvent(authEvents.member_removed, {
    consumer: 'tasks-leavers',
    module: 'tasks',
    concurrency: CONCURRENCY,
    timeoutMs: TIMEOUT_MS,
  })
  async end({ workspace_id: workspaceId, user_id: userId, occurred_at, request_id }: MemberEvent): Promise<void> {
    await this.formerMembers.end({ workspaceId, userId, requestId: request_id }, occurred_at);
  }
}
