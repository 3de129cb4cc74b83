// Records the outcome of an attempt, decides what comes next, and disables webhooks whose receiver does not come back.
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigOf, Executor } from '@mono/platform';
import { FAILURES_TO_PAUSE, pauseMs, retryDelayMs, verdictOf, type Verdict } from '../domain/retry-schedule.js';
import type { Outcome } from '../sending/webhook-sender.js';
import { DisableWebhooks } from '../webhooks/disable-webhooks.js';
import { systemDoer } from '../webhooks/webhook-events.js';
import type { WebhookRow } from '../webhooks/webhook.store.js';
import { webhooksConfig } from '../webhooks.config.js';
import { AttemptsStore, type Claim, type LoggedAttempt } from './attempts.store.js';
import { DeliveryQueue } from './delivery-queue.js';

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;

export interface Settled {
  verdict: Verdict;
  /** Whether the delivery has used up its attempts. */
  failed: boolean;
}

@Injectable()
export class SettleAttempt {
  constructor(
    private readonly store: AttemptsStore,
    private readonly queue: DeliveryQueue,
    private readonly disabling: DisableWebhooks,
    @Inject(webhooksConfig.KEY) private readonly config: ConfigOf<typeof webhooksConfig>,
  ) {}

  /** Under the lock of the webhook. Without effect if the lease is lost. */
  async settle(on: Executor, webhook: WebhookRow, claim: Claim, outcome: Outcome): Promise<Settled> {
    const verdict = verdictOf(outcome.kind === 'answered' ? outcome.status : undefined);
    const retryAfterMs = outcome.kind === 'answered' ? outcome.retryAfterMs : undefined;
    const delayMs = retryDelayMs(claim.attempts, retryAfterMs);
    const failed = verdict !== 'delivered' && verdict !== 'gone' && this.isOver(claim, delayMs);
    const status = verdict === 'delivered' ? 'delivered' : failed ? 'failed' : 'pending';
    const thing = await this.store.settle(on, webhook, claim, status, delayMs, loggedAttempt(outcome));
    if (!thing) return { verdict, failed: false };
    if (status !== 'pending') await this.queue.setHeads(on, [thing]);
    await this.setHealth(on, webhook, claim, verdict, retryAfterMs);
    return { verdict, failed };
  }

  /** Under the lock of the webhook. */
  async drop(on: Executor, webhook: WebhookRow, claim: Claim): Promise<void> {
    if (await this.store.drop(on, webhook, claim)) await this.queue.setHeads(on, [claim]);
  }

  /** Whether the next attempt would come too late. */
  private isOver({ first_attempt_at: first }: Claim, delayMs: number): boolean {
    return Date.now() + delayMs - Date.parse(first) > this.config.WEBHOOKS_RETRY_HOURS * HOUR_MS;
  }

  private async setHealth(
    on: Executor,
    webhook: WebhookRow,
    { id }: Claim,
    verdict: Verdict,
    retryAfterMs: number | undefined,
  ): Promise<void> {
    if (verdict === 'delivered') {
      if (webhook.failures === 0 && webhook.failing_since === null && webhook.paused_until === null) return;
      await this.store.setHealth(on, webhook, { failures: 0, failing: false, pauseMs: 0 });
      if (webhook.failures >= FAILURES_TO_PAUSE) await this.store.retryAll(on, webhook);
      return;
    }
    const failures = verdict === 'unavailable' ? webhook.failures + 1 : 0;
    const pause = verdict === 'unavailable' ? pauseMs(failures, retryAfterMs) : 0;
    await this.store.setHealth(on, webhook, { failures, failing: true, pauseMs: pause });
    const doer = systemDoer('job', id);
    if (verdict === 'gone') return this.disabling.disable(on, doer, webhook, 'gone');
    const since = webhook.failing_since;
    if (since !== null && Date.now() - Date.parse(since) >= this.config.WEBHOOKS_DISABLE_AFTER_DAYS * DAY_MS)
      await this.disabling.disable(on, doer, webhook, 'failing');
  }
}

export function loggedAttempt(outcome: Outcome): LoggedAttempt {
  if (outcome.kind === 'answered') {
    const { durationMs, status, bodyStart } = outcome;
    return { durationMs, status, responseStart: bodyStart, error: null, message: null };
  }
  const { durationMs, reason, message } = outcome;
  return { durationMs, status: null, responseStart: null, error: reason, message };
}
