// Workspaces are erased with the account of their last member, or by an operator.
import { Controller } from '@nestjs/common';
import { erasingEvents, workspacesErasedBy, type ErasingEvent } from '@mono/auth/contract';
import { onceByInbox } from '@mono/bus/outbox';
import { Database, OnEvent } from '@mono/platform';
import { RyeLoafStore } from '../rye-loaves/rye-loaf.store.js';

const consumerOf = (name: string): string =>
  name === 'workspace_deleted' ? 'corner-bakery-workspaces' : 'corner-bakery-accounts';

@Controller()
export class AccountsConsumer {
  constructor(
    private readonly database: Database,
    private readonly store: RyeLoafStore,
  ) {}

  @OnEvent(erasingEvents, { consumer: ({ name }) => consumerOf(name), module: 'corner-bakery' })
  async erase(event: ErasingEvent & { id: string }): Promise<void> {
    await this.database.transaction((on) =>
      onceByInbox(on, { schema: 'corner_bakery', consumer: consumerOf(event.event), eventId: event.id }, () =>
        this.store.erase(on, workspacesErasedBy(event)),
      ),
    );
  }
}
