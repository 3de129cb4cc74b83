// Workspaces are erased with the account of their last member.
import { Controller } from '@nestjs/common';
import { authEvents } from '@mono/auth/contract';
import type { BodyOf } from '@mono/bus';
import { Database, OnEvent } from '@mono/platform';

@Controller()
export class AccountsConsumer {
  constructor(private readonly database: Database) {}

  @OnEvent(authEvents.account_deleted, { consumer: 'capture-accounts', module: 'capture' })
  async erase({ workspace_ids = [] }: Pick<BodyOf<typeof authEvents.account_deleted>, 'workspace_ids'>): Promise<void> {
    await this.database.query('DELETE FROM capture.idempotency WHERE workspace_id = ANY($1::uuid[])', [workspace_ids]);
  }
}
