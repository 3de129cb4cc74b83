// Dead letters of deliveries. The job of a letter fails for good, so that it is stored with the dead letters of all jobs; its retry is
// another job with the same payload, which sends the delivery again. See ../../decisions/0003-dead-letters-by-a-failing-job.md.
import { Injectable } from '@nestjs/common';
import { DomainError } from '@mono/contract';
import { Database, type Executor } from '@mono/platform';
import { WebhookStore } from '../webhooks/webhook.store.js';
import { DeliveryJobs, type WebhookJob } from './delivery-jobs.js';
import { DeliveryQueue } from './delivery-queue.js';

type LetterJob = Extract<WebhookJob, { kind: 'letter' }>;

interface FailedRow {
  status: string;
  letter_job: string | null;
  attempts: number;
  response_status: number | null;
  error: string | null;
}

@Injectable()
export class Letters {
  constructor(
    private readonly database: Database,
    private readonly webhooks: WebhookStore,
    private readonly queue: DeliveryQueue,
    private readonly jobs: DeliveryJobs,
  ) {}

  /** @throws DomainError `delivery_failed`, which makes the job a dead letter, unless it is the retry of one. */
  async write(
    { workspace_id: workspaceId, webhook_id: webhookId, delivery_id: id }: LetterJob,
    jobId: string,
  ): Promise<void> {
    const failed = await this.database.transaction(async (on) => {
      const webhook = await this.webhooks.lock(on, webhookId, { workspaceId, creatorId: undefined });
      if (!webhook) return undefined;
      const row = await this.find(on, workspaceId, webhookId, id);
      if (row?.status !== 'failed') return undefined;
      if (row.letter_job !== null && row.letter_job !== jobId) {
        if (!webhook.enabled) throw new DomainError('conflict', 'webhook_disabled', 'The webhook is disabled.');
        await this.queue.reopen(on, webhook, id);
        on.afterCommit(() => this.jobs.wake([webhook]));
        return undefined;
      }
      await on.query('UPDATE webhooks.delivery SET letter_job = $3 WHERE workspace_id = $1 AND id = $2', [
        workspaceId,
        id,
        jobId,
      ]);
      return row;
    });
    if (!failed) return;
    const { attempts, response_status: status, error } = failed;
    const last = status === null ? (error ?? 'interrupted') : `HTTP ${status}`;
    throw new DomainError(
      'conflict',
      'delivery_failed',
      `The delivery ${id} of the webhook ${webhookId} has failed ${attempts} times, last by ${last}.`,
    );
  }

  private async find(on: Executor, workspaceId: string, webhookId: string, id: string): Promise<FailedRow | undefined> {
    const [row] = await on.query<FailedRow>(
      `SELECT status, letter_job, attempts, response_status, error FROM webhooks.delivery
       WHERE workspace_id = $1 AND webhook_id = $2 AND id = $3`,
      [workspaceId, webhookId, id],
    );
    return row;
  }
}
