// Wakes what is due: retries, deliveries whose job was lost, and failed ones without a dead letter.
import { Injectable } from '@nestjs/common';
import { Database, Periodically } from '@mono/platform';
import { DeliveryJobs } from './delivery-jobs.js';

const EVERY_MS = 2_000;
const BATCH = 1_000;

@Injectable()
export class Reconciler {
  constructor(
    private readonly database: Database,
    private readonly jobs: DeliveryJobs,
  ) {}

  @Periodically({ everyMs: EVERY_MS, atStart: true, failure: 'Failed to reconcile webhook deliveries' })
  async reconcile(): Promise<void> {
    // All workspaces: this is work of the installation.
    const due = await this.database.query<{ workspace_id: string; id: string }>(
      `SELECT w.workspace_id, w.id FROM webhooks.webhook w
       WHERE w.enabled AND w.pending > 0 AND (w.paused_until IS NULL OR w.paused_until <= clock_timestamp())
         AND EXISTS (SELECT FROM webhooks.delivery d WHERE d.webhook_id = w.id AND d.head
           AND d.next_attempt_at <= clock_timestamp() AND (d.lease_until IS NULL OR d.lease_until <= clock_timestamp()))`,
    );
    if (due.length > 0) await this.jobs.wakeOverdue(due);
    const letterless = await this.database.query<{ workspace_id: string; webhook_id: string; id: string }>(
      `SELECT workspace_id, webhook_id, id FROM webhooks.delivery d WHERE status = 'failed' AND letter_job IS NULL
         AND EXISTS (SELECT FROM webhooks.webhook w WHERE w.id = d.webhook_id) LIMIT $1`,
      [BATCH],
    );
    if (letterless.length > 0) await this.jobs.addLetters(letterless);
  }
}
