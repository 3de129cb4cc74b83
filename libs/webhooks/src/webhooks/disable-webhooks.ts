// Disables webhooks. Deliveries that are pending are cancelled, so that nothing old is sent when a webhook is enabled again.
import { Injectable } from '@nestjs/common';
import type { Executor } from '@mono/platform';
import type { DisabledReason } from '../../contract/index.js';
import { DeliveryQueue } from '../delivery/delivery-queue.js';
import { WebhookEvents, type Doer } from './webhook-events.js';
import { WebhookStore, type WebhookRow } from './webhook.store.js';

@Injectable()
export class DisableWebhooks {
  constructor(
    private readonly webhooks: WebhookStore,
    private readonly queue: DeliveryQueue,
    private readonly events: WebhookEvents,
  ) {}

  /** On a locked row. */
  async disable(on: Executor, doer: Doer, before: WebhookRow, reason: DisabledReason): Promise<void> {
    if (!before.enabled) return;
    const row = await this.webhooks.disable(on, before, reason);
    await this.queue.cancel(on, before);
    await this.events.disabled(on, doer, row, reason);
  }
}
