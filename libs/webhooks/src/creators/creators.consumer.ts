// Webhooks end with the key, the membership or the account that created them, and with the workspace. A key’s lists limit what is
// recorded for its webhooks.
import { Controller } from '@nestjs/common';
import {
  authEvents,
  type ApiKeyEvent,
  type MemberEvent,
  type UserEvent,
  type WorkspaceEvent,
} from '@mono/auth/contract';
import { onceByInbox } from '@mono/bus/outbox';
import { Database, OnEvent } from '@mono/platform';
import { DeliveryQueue } from '../delivery/delivery-queue.js';
import { systemDoer } from '../webhooks/webhook-events.js';
import { WebhookStore } from '../webhooks/webhook.store.js';
import { DeleteWebhooks } from './delete-webhooks.js';
import { FormerMembers } from './former-members.js';
import { memberships } from './members.js';

const FROM_AUTH = 'webhooks-creators';
const BATCH = 5_000;

@Controller()
export class CreatorsConsumer {
  constructor(
    private readonly database: Database,
    private readonly store: WebhookStore,
    private readonly queue: DeliveryQueue,
    private readonly webhooks: DeleteWebhooks,
    private readonly formerMembers: FormerMembers,
  ) {}

  @OnEvent([authEvents.api_key_revoked, authEvents.account_deleted], { consumer: FROM_AUTH, module: 'webhooks' })
  async end(event: ApiKeyEvent | UserEvent): Promise<void> {
    const { id: eventId, aggregate_id: creatorId, request_id: requestId } = event;
    await this.database.transaction(async (on) => {
      await onceByInbox(on, { schema: 'webhooks', consumer: FROM_AUTH, eventId }, () =>
        this.webhooks.deleteOfCreator(on, systemDoer('event', requestId), creatorId, undefined),
      );
    });
    const workspaces = event.event === 'account_deleted' ? (event.workspace_ids ?? []) : [];
    for (const id of workspaces) await this.erase(id);
  }

  @OnEvent(authEvents.workspace_deleted, { consumer: 'webhooks-workspaces', module: 'webhooks' })
  async endWithWorkspace({ aggregate_id: workspaceId }: WorkspaceEvent): Promise<void> {
    await this.erase(workspaceId);
  }

  // The row of the membership records what has been done, so there is no inbox.
  @OnEvent(authEvents.member_removed, { consumer: 'webhooks-leavers', module: 'webhooks' })
  async leave({ workspace_id: workspaceId, user_id: userId, occurred_at, request_id }: MemberEvent): Promise<void> {
    await this.formerMembers.end({ workspaceId, userId, requestId: request_id }, occurred_at);
  }

  @OnEvent(authEvents.api_key_updated, { consumer: 'webhooks-keys', module: 'webhooks' })
  async limit({ workspace_id: workspaceId, aggregate_id: keyId, changes }: ApiKeyEvent): Promise<void> {
    const { list_ids: lists } = changes;
    if (!lists) return;
    await this.store.setListsOfCreator(this.database, workspaceId, keyId, lists.to as string[] | null);
  }

  private async erase(workspaceId: string): Promise<void> {
    await this.database.query('DELETE FROM webhooks.webhook WHERE workspace_id = $1', [workspaceId]);
    while ((await this.queue.eraseBatch(this.database, workspaceId, undefined, BATCH)) === BATCH);
    await memberships.erase(this.database, workspaceId);
  }
}
