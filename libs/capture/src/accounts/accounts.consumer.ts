// Workspaces are erased with the account of their last member, or by an operator.
import { Controller } from '@nestjs/common';
import { erasingEvents, workspacesErasedBy, type ErasingEvent } from '@mono/auth/contract';
import { Database, OnEvent } from '@mono/platform';

@Controller()
export class AccountsConsumer {
  constructor(private readonly database: Database) {}

  @OnEvent(erasingEvents, {
    consumer: ({ name }) => (name === 'workspace_deleted' ? 'capture-workspaces' : 'capture-accounts'),
    module: 'capture',
  })
  async erase(event: ErasingEvent): Promise<void> {
    await this.database.query('DELETE FROM capture.idempotency WHERE workspace_id = ANY($1::uuid[])', [
      workspacesErasedBy(event),
    ]);
  }
}
