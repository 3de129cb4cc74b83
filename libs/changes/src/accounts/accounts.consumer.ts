// Workspaces are erased with the account of their last member, or by an operator.
import { Controller } from '@nestjs/common';
import { erasingEvents, workspacesErasedBy, type ErasingEvent } from '@mono/auth/contract';
import { Database, OnEvent } from '@mono/platform';
import { ChangeStore } from '../feed/change.store.js';
import { lockFeeds } from '../feed/feed-writer.js';

const BATCH = 5_000;

@Controller()
export class AccountsConsumer {
  constructor(
    private readonly database: Database,
    private readonly store: ChangeStore,
  ) {}

  @OnEvent(erasingEvents, {
    consumer: ({ name }) => (name === 'workspace_deleted' ? 'changes-workspaces' : 'changes-accounts'),
    module: 'changes',
  })
  async erase(event: ErasingEvent): Promise<void> {
    const ids = workspacesErasedBy(event);
    await this.database.transaction(async (on) => {
      await lockFeeds(on, ids);
      await this.store.close(on, ids);
    });
    for (const id of ids) while ((await this.store.eraseBatch(id, BATCH)) === BATCH);
  }
}
