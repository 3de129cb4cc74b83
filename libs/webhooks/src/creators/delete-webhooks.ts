// Deletes webhooks with their event. Their deliveries follow by a job.
import { Injectable } from '@nestjs/common';
import type { Executor } from '@mono/platform';
import { DeliveryJobs } from '../delivery/delivery-jobs.js';
import { WebhookEvents, type Doer } from '../webhooks/webhook-events.js';
import { WebhookStore, type WebhookRow } from '../webhooks/webhook.store.js';

@Injectable()
export class DeleteWebhooks {
  constructor(
    private readonly store: WebhookStore,
    private readonly events: WebhookEvents,
    private readonly jobs: DeliveryJobs,
  ) {}

  /** On a locked row. */
  async delete(on: Executor, doer: Doer, row: WebhookRow): Promise<void> {
    await this.store.delete(on, row);
    await this.events.deleted(on, doer, row);
    on.afterCommit(() => this.jobs.erase(row));
  }

  /** @param workspaceId undefined: in all. */
  async deleteOfCreator(on: Executor, doer: Doer, creatorId: string, workspaceId: string | undefined): Promise<void> {
    for (const row of await this.store.lockOfCreator(on, creatorId, workspaceId)) await this.delete(on, doer, row);
  }
}
