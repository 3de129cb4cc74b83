// Workspaces are erased with the account of their last member.
import { Controller } from '@nestjs/common';
import { authEvents, type UserEvent } from '@mono/auth/contract';
import { OnEvent } from '@mono/platform';
import { EraseWorkspace } from './erase-workspace.js';

/** A large workspace takes a while. A retry continues where the attempt before it has stopped. */
const TIMEOUT_MS = 10 * 60 * 1_000;
const ATTEMPTS = 20;

@Controller()
export class AccountsConsumer {
  constructor(private readonly eraser: EraseWorkspace) {}

  @OnEvent(authEvents.account_deleted, {
    consumer: 'tasks-account-deleted',
    module: 'tasks',
    concurrency: 1,
    timeoutMs: TIMEOUT_MS,
    attempts: ATTEMPTS,
  })
  async erase({ workspace_ids = [], request_id }: UserEvent): Promise<void> {
    for (const id of workspace_ids) await this.eraser.erase(id, request_id);
  }
}
