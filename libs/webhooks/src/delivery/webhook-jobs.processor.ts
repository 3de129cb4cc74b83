// Runs the jobs of the queue.
import { Injectable } from '@nestjs/common';
import { DomainError } from '@mono/contract';
import { Database, Processor, type Job, type JobProcessor } from '@mono/platform';
import { PinoLogger } from 'nestjs-pino';
import { WebhookStore } from '../webhooks/webhook.store.js';
import { Deliver } from './deliver.js';
import { WEBHOOKS_QUEUE, type WebhookJob } from './delivery-jobs.js';
import { DeliveryQueue } from './delivery-queue.js';
import { Letters } from './letters.js';

const BATCH = 5_000;

@Injectable()
@Processor(WEBHOOKS_QUEUE)
export class WebhookJobsProcessor implements JobProcessor<WebhookJob> {
  constructor(
    private readonly database: Database,
    private readonly queue: DeliveryQueue,
    private readonly webhooks: WebhookStore,
    private readonly deliver: Deliver,
    private readonly letters: Letters,
    private readonly logger: PinoLogger,
  ) {}

  async process({ id, payload, requestId = id, signal }: Job<WebhookJob>): Promise<void> {
    const { workspace_id: workspaceId, webhook_id: webhookId } = payload;
    switch (payload.kind) {
      case 'deliver':
        // The rows say what is due, and the reconciler comes back: a failure makes no dead letter.
        return this.deliver.deliver({ workspaceId, webhookId, requestId, signal }).catch((error: unknown) => {
          if (!signal.aborted) this.logger.warn({ err: error, webhook_id: webhookId }, 'Failed to deliver a webhook');
        });
      case 'letter':
        return this.letters.write(payload, id);
      case 'erase':
        return this.erase(workspaceId, webhookId, signal);
    }
  }

  private async erase(workspaceId: string, webhookId: string, signal: AbortSignal): Promise<void> {
    if (await this.webhooks.find(this.database, webhookId, { workspaceId, creatorId: undefined }))
      throw new DomainError('conflict', 'webhook_exists', 'Invariant violated: the webhook exists.');
    let erased = BATCH;
    while (erased === BATCH && !signal.aborted)
      erased = await this.queue.eraseBatch(this.database, workspaceId, webhookId, BATCH);
  }
}
