// The time of a workspace is erased with the account of its last member.
import { Controller } from '@nestjs/common';
import type { UserEvent } from '@mono/auth/contract';
import { defineEvent } from '@mono/bus';
import { Database, OnEvent } from '@mono/platform';
import { eraseWorkspace } from './erase-workspace.js';

const TIMEOUT_MS = 10 * 60 * 1_000;

class AccountDeleted implements Pick<UserEvent, 'workspace_ids'> {
  workspace_ids?: string[];
}

const accountDeleted = defineEvent({ module: 'auth', name: 'account_deleted', event: AccountDeleted });

@Controller()
export class AccountsConsumer {
  constructor(private readonly database: Database) {}

  @OnEvent(accountDeleted, {
    consumer: 'time-tracking-accounts',
    module: 'time-tracking',
    concurrency: 1,
    timeoutMs: TIMEOUT_MS,
  })
  async erase({ workspace_ids = [] }: AccountDeleted): Promise<void> {
    for (const id of workspace_ids) await eraseWorkspace(this.database, id);
  }
}
