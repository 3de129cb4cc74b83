// One attempt: decides as what the receiver may see the event now, signs and sends it.
import { Injectable } from '@nestjs/common';
import { Database } from '@mono/platform';
import type { Rights } from '../creators/creator-rights.js';
import { matches, TEST_TYPE } from '../domain/event-types.js';
import { seenBy } from '../recording/seen-event.js';
import { mayRead, PublicEvents } from '../recording/public-events.js';
import { WebhookSender, type Outcome } from '../sending/webhook-sender.js';
import { WebhookStore, type WebhookRow } from '../webhooks/webhook.store.js';
import type { DeliveryRow } from './delivery-log.js';
import { payloadOf } from './payload.js';

@Injectable()
export class SendAttempt {
  constructor(
    private readonly database: Database,
    private readonly events: PublicEvents,
    private readonly webhooks: WebhookStore,
    private readonly sender: WebhookSender,
  ) {}

  /** @returns undefined if the creator may not read the event, or the webhook does not ask for it any more. */
  bodyOf(webhook: WebhookRow, row: DeliveryRow, rights: Rights): string | undefined {
    const view = this.viewOf(webhook, row, rights);
    return view && (row.type === TEST_TYPE || matches(webhook.event_types, view.type)) ? view.body : undefined;
  }

  /** The type and the body as somebody with these rights may see them. @returns undefined if they may not. */
  viewOf(webhook: WebhookRow, row: DeliveryRow, rights: Rights): { type: string; body: string } | undefined {
    if (row.type === TEST_TYPE) return { type: TEST_TYPE, body: payloadOf(row, TEST_TYPE, 'as_is') };
    const declared = this.events.find(row.event_type);
    if (!declared || !mayRead(rights, declared.thing)) return undefined;
    const placed = { change: row.change, listId: row.list_id, fromListId: row.from_list_id };
    const reach = { creatorLists: rights.listIds, listId: webhook.list_id };
    const seen = seenBy(placed, declared.thing.audience, reach);
    if (!seen) return undefined;
    const type = this.events.seenType(declared, seen);
    return { type, body: payloadOf(row, type, seen) };
  }

  /** @throws the reason of the signal. */
  async send(webhook: WebhookRow, deliveryId: string, body: string, signal: AbortSignal): Promise<Outcome> {
    const secrets = await this.webhooks.secrets(this.database, webhook);
    return this.sender.send({ url: webhook.url, webhookId: deliveryId, timestamp: new Date(), secrets, body }, signal);
  }
}
