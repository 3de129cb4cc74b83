// Workspaces are erased with the account of their last member.
import { Controller } from '@nestjs/common';
import { authEvents } from '@mono/auth/contract';
import type { BodyOf } from '@mono/bus';
import { onceByInbox } from '@mono/bus/outbox';
import { Database, OnEvent } from '@mono/platform';
import { RyeLoafStore } from '../rye-loaves/rye-loaf.store.js';

const CONSUMER = 'corner-bakery-accounts';

@Controller()
export class AccountsConsumer {
  constructor(
    private readonly database: Database,
    private readonly store: RyeLoafStore,
  ) {}

  @OnEvent(authEvents.account_deleted, { consumer: CONSUMER, module: 'corner-bakery' })
  async erase({
    id,
    workspace_ids = [],
  }: Pick<BodyOf<typeof authEvents.account_deleted>, 'id' | 'workspace_ids'>): Promise<void> {
    await this.database.transaction((on) =>
      onceByInbox(on, { schema: 'corner_bakery', consumer: CONSUMER, eventId: id }, () =>
        this.store.erase(on, workspace_ids),
      ),
    );
  }
}
