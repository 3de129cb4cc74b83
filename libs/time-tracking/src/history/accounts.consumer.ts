// The time of a workspace is erased with the account of its last member, or by an operator.
import { Controller } from '@nestjs/common';
import { erasingEvents, workspacesErasedBy, type ErasingEvent } from '@mono/auth/contract';
import { Database, OnEvent } from '@mono/platform';
import { eraseWorkspace } from './erase-workspace.js';

const TIMEOUT_MS = 10 * 60 * 1_000;

@Controller()
export class AccountsConsumer {
  constructor(private readonly database: Database) {}

  @OnEvent(erasingEvents, {
    consumer: ({ name }) => (name === 'workspace_deleted' ? 'time-tracking-workspaces' : 'time-tracking-accounts'),
    module: 'time-tracking',
    concurrency: 1,
    timeoutMs: TIMEOUT_MS,
  })
  async erase(event: ErasingEvent): Promise<void> {
    for (const id of workspacesErasedBy(event)) await eraseWorkspace(this.database, id);
  }
}
