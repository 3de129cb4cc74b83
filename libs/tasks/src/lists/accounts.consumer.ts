// Workspaces are erased with the account of their last member, or by an operator.
import { Controller } from '@nestjs/common';
import { erasingEvents, workspacesErasedBy, type ErasingEvent } from '@mono/auth/contract';
import { OnEvent } from '@mono/platform';
import { EraseWorkspace } from './erase-workspace.js';

/** A large workspace takes a while. A retry continues where the attempt before it has stopped. */
const TIMEOUT_MS = 10 * 60 * 1_000;
const ATTEMPTS = 20;

@Controller()
export class AccountsConsumer {
  constructor(private readonly eraser: EraseWorkspace) {}

  @OnEvent(erasingEvents, {
    consumer: ({ name }) => `tasks-${name.replaceAll('_', '-')}`,
    module: 'tasks',
    concurrency: 1,
    timeoutMs: TIMEOUT_MS,
    attempts: ATTEMPTS,
  })
  async erase(event: ErasingEvent & { request_id: string }): Promise<void> {
    for (const id of workspacesErasedBy(event)) await this.eraser.erase(id, event.request_id);
  }
}
