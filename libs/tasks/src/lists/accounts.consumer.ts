// Workspaces are erased with the account of their last member.
import { Controller } from '@nestjs/common';
import type { UserEvent } from '@mono/auth/contract';
import { defineEvent } from '@mono/bus';
import { OnEvent } from '@mono/platform';
import { EraseWorkspace } from './erase-workspace.js';

/** A large workspace takes a while. A retry continues where the attempt before it has stopped. */
const TIMEOUT_MS = 10 * 60 * 1_000;
const ATTEMPTS = 20;

class AccountDeleted implements Pick<UserEvent, 'request_id' | 'workspace_ids'> {
  request_id: string;
  workspace_ids?: string[];
}

const accountDeleted = defineEvent({ module: 'auth', name: 'account_deleted', event: AccountDeleted });

@Controller()
export class AccountsConsumer {
  constructor(private readonly eraser: EraseWorkspace) {}

  @OnEvent(accountDeleted, {
    consumer: 'tasks-account-deleted',
    module: 'tasks',
    concurrency: 1,
    timeoutMs: TIMEOUT_MS,
    attempts: ATTEMPTS,
  })
  async erase({ workspace_ids = [], request_id }: AccountDeleted): Promise<void> {
    for (const id of workspace_ids) await this.eraser.erase(id, request_id);
  }
}
