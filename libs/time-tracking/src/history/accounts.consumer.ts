// The time of a workspace is erased with the account of its last member.
import { Controller } from '@nestjs/common';
import { authEvents, type UserEvent } from '@mono/auth/contract';
import { Database, OnEvent } from '@mono/platform';
import { eraseWorkspace } from './erase-workspace.js';

const TIMEOUT_MS = 10 * 60 * 1_000;

@Controller()
export class AccountsConsumer {
  constructor(private readonly database: Database) {}

  @OnEvent(authEvents.account_deleted, {
    consumer: 'time-tracking-accounts',
    module: 'time-tracking',
    concurrency: 1,
    timeoutMs: TIMEOUT_MS,
  })
  async erase({ workspace_ids = [] }: UserEvent): Promise<void> {
    for (const id of workspace_ids) await eraseWorkspace(this.database, id);
  }
}
