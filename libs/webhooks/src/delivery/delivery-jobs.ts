// The jobs that wake deliveries. The rows are the truth: a lost job is added again by the reconciler.
import { Injectable } from '@nestjs/common';
import { InjectQueue, type JobQueue } from '@mono/platform';
import { PinoLogger } from 'nestjs-pino';
import type { WebhookRow } from '../webhooks/webhook.store.js';

export const WEBHOOKS_QUEUE = 'webhooks';

export type WebhookJob =
  /** Sends what is due. */
  | { kind: 'deliver'; workspace_id: string; webhook_id: string }
  /** Fails, and so becomes the dead letter of a delivery. A retry of it sends the delivery again. */
  | { kind: 'letter'; workspace_id: string; webhook_id: string; delivery_id: string }
  /** Erases the deliveries of a deleted webhook. */
  | { kind: 'erase'; workspace_id: string; webhook_id: string };

type WebhookKey = Pick<WebhookRow, 'workspace_id' | 'id'>;

@Injectable()
export class DeliveryJobs {
  constructor(
    @InjectQueue(WEBHOOKS_QUEUE) private readonly queue: JobQueue<WebhookJob>,
    private readonly logger: PinoLogger,
  ) {}

  /** After the commit. */
  wake(webhooks: readonly WebhookKey[]): void {
    this.addLater(webhooks, 'deliver');
  }

  /** For deliveries that are due for some time: the job of the webhook may be one of a lost node. */
  async wakeOverdue(webhooks: readonly WebhookKey[]): Promise<void> {
    await this.queue.addMany(webhooks.map((webhook) => deliverJob(webhook, 'overdue')));
  }

  async deliverMore(webhook: WebhookKey): Promise<void> {
    const { name, payload, deduplicateBy } = deliverJob(webhook, 'deliver');
    await this.queue.add(name, payload, { deduplicateBy });
  }

  async addLetters(rows: readonly { workspace_id: string; webhook_id: string; id: string }[]): Promise<void> {
    await this.queue.addMany(
      rows.map(({ workspace_id, webhook_id, id }) => ({
        name: 'letter',
        payload: { kind: 'letter' as const, workspace_id, webhook_id, delivery_id: id },
        deduplicateBy: `letter ${id}`,
      })),
    );
  }

  /** After the commit. Retention prunes the rest. */
  erase({ workspace_id, id }: WebhookKey): void {
    const payload = { kind: 'erase' as const, workspace_id, webhook_id: id };
    this.queue.add('erase', payload, { deduplicateBy: `erase ${id}` }).catch((error: unknown) => this.report(error));
  }

  private addLater(webhooks: readonly WebhookKey[], key: string): void {
    const jobs = webhooks.map((webhook) => deliverJob(webhook, key));
    this.queue.addMany(jobs).catch((error: unknown) => this.report(error));
  }

  private report(error: unknown): void {
    this.logger.warn({ err: error }, 'Failed to add webhook jobs');
  }
}

function deliverJob({ workspace_id, id }: WebhookKey, key: string) {
  return {
    name: 'deliver',
    payload: { kind: 'deliver' as const, workspace_id, webhook_id: id },
    deduplicateBy: `${key} ${id}`,
  };
}
