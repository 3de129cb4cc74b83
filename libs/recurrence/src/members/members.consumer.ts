import { Controller } from '@nestjs/common';
import { authEvents, type MemberEvent } from '@mono/auth/contract';
import { OnEvent } from '@mono/platform';
import { FormerMembers } from './former-members.js';

/** Many templates may be assigned to one user. A retry continues where the attempt before it has stopped. */
const TIMEOUT_MS = 10 * 60 * 1_000;

@Controller()
export class MembersConsumer {
  constructor(private readonly formerMembers: FormerMembers) {}

  // The row of the membership records what has been done, so there is no inbox.
  @OnEvent(authEvents.member_removed, {
    consumer: 'recurrence-leavers',
    module: 'recurrence',
    concurrency: 2,
    timeoutMs: TIMEOUT_MS,
  })
  async end({ workspace_id: workspaceId, user_id: userId, occurred_at, request_id }: MemberEvent): Promise<void> {
    await this.formerMembers.end({ workspaceId, userId, requestId: request_id }, occurred_at);
  }
}
