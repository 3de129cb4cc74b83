// Workspaces are erased with the account of their last member.
import { Controller } from '@nestjs/common';
import { authEvents } from '@mono/auth/contract';
import type { BodyOf } from '@mono/bus';
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

  @OnEvent(authEvents.account_deleted, { consumer: 'changes-accounts', module: 'changes' })
  async erase({ workspace_ids = [] }: Pick<BodyOf<typeof authEvents.account_deleted>, 'workspace_ids'>): Promise<void> {
    await this.database.transaction(async (on) => {
      await lockFeeds(on, workspace_ids);
      await this.store.close(on, workspace_ids);
    });
    for (const id of workspace_ids) while ((await this.store.eraseBatch(id, BATCH)) === BATCH);
  }
}
