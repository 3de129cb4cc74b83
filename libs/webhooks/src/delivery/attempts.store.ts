// Claims deliveries for an attempt and records the outcome, each under the lock of the webhook's row. A claim is a lease that the
// database's clock ends; its number fences a node that comes back after the lease.
import { Injectable } from '@nestjs/common';
import type { Executor } from '@mono/platform';
import { FAILURES_TO_PAUSE } from '../domain/retry-schedule.js';
import type { WebhookRow } from '../webhooks/webhook.store.js';
import type { DeliveryRow } from './delivery-log.js';
import { DELIVERY_COLUMNS } from './delivery-log.js';

type WebhookKey = Pick<WebhookRow, 'workspace_id' | 'id'>;

export interface Claim extends DeliveryRow {
  lease: number;
  first_attempt_at: string;
}

export interface ClaimOptions {
  concurrency: number;
  leaseMs: number;
  /** By consumer: all events up to this sequence of its stream are recorded. */
  positions: ReadonlyMap<string, number>;
}

/** The result of an attempt as the log shows it. */
export interface LoggedAttempt {
  durationMs: number | null;
  status: number | null;
  responseStart: string | null;
  error: string | null;
  message: string | null;
}

const CLAIM = {
  name: 'webhooks.claim_delivery',
  text: `
    WITH room AS (
      SELECT count(*) FROM webhooks.delivery
      WHERE workspace_id = $1 AND webhook_id = $2 AND head AND lease_until > clock_timestamp()
    ),
    due AS (
      SELECT id FROM webhooks.delivery
      WHERE workspace_id = $1 AND webhook_id = $2 AND head AND next_attempt_at <= clock_timestamp()
        AND (lease_until IS NULL OR lease_until <= clock_timestamp())
        AND (held_until IS NULL OR held_until <= clock_timestamp()
          OR EXISTS (SELECT FROM unnest($5::text[], $6::bigint[]) AS p (consumer, seq) WHERE p.consumer = delivery.consumer AND stream_seq <= p.seq))
        AND (SELECT count FROM room) < $3
      ORDER BY next_attempt_at, id LIMIT 1
    )
    UPDATE webhooks.delivery d SET lease = d.lease + 1, lease_until = clock_timestamp() + make_interval(secs => $4 / 1000.0),
      attempts = d.attempts + 1, first_attempt_at = coalesce(d.first_attempt_at, clock_timestamp()),
      attempted_at = clock_timestamp(), duration_ms = NULL, response_status = NULL, response_start = NULL, error = NULL,
      error_message = NULL, held_until = NULL
    FROM due WHERE d.id = due.id RETURNING ${DELIVERY_COLUMNS}, d.lease, d.first_attempt_at`,
};
const SETTLE = {
  name: 'webhooks.settle_delivery',
  text: `
    UPDATE webhooks.delivery SET status = $5, head = $5 = 'pending', lease_until = NULL,
      next_attempt_at = clock_timestamp() + make_interval(secs => $6 / 1000.0),
      duration_ms = $7, response_status = $8, response_start = $9, error = $10, error_message = $11
    WHERE workspace_id = $1 AND webhook_id = $2 AND id = $3 AND lease = $4 AND status = 'pending'
    RETURNING webhook_id, thing_type, thing_id`,
};
const HELD = {
  name: 'webhooks.held_deliveries',
  text: `SELECT DISTINCT consumer FROM webhooks.delivery
    WHERE workspace_id = $1 AND webhook_id = $2 AND head AND next_attempt_at <= clock_timestamp() AND held_until > clock_timestamp()
      AND (lease_until IS NULL OR lease_until <= clock_timestamp())`,
};

@Injectable()
export class AttemptsStore {
  /** Under the lock of the webhook. @returns undefined if none is due, or as many as allowed are under way. */
  async claim(
    on: Executor,
    webhook: WebhookRow,
    { concurrency, leaseMs, positions }: ClaimOptions,
  ): Promise<Claim | undefined> {
    // One tries whether the receiver is back.
    const most = webhook.failures >= FAILURES_TO_PAUSE ? 1 : concurrency;
    const [claim] = await on.query<Claim>(CLAIM, [
      webhook.workspace_id,
      webhook.id,
      most,
      leaseMs,
      [...positions.keys()],
      [...positions.values()],
    ]);
    return claim;
  }

  /**
   * Under the lock of the webhook.
   * @returns the thing whose next delivery may be sent; undefined if the lease was lost or the webhook disabled since.
   */
  async settle(
    on: Executor,
    { workspace_id, id }: WebhookKey,
    claim: Claim,
    status: 'pending' | 'delivered' | 'failed',
    delayMs: number,
    attempt: LoggedAttempt,
  ): Promise<{ webhook_id: string; thing_type: string; thing_id: string } | undefined> {
    const { durationMs, status: code, responseStart, error, message } = attempt;
    const [settled] = await on.query<{ webhook_id: string; thing_type: string; thing_id: string }>(SETTLE, [
      workspace_id,
      id,
      claim.id,
      claim.lease,
      status,
      delayMs,
      durationMs,
      code,
      responseStart,
      error,
      message,
    ]);
    if (settled && status !== 'pending') await this.countDown(on, { workspace_id, id });
    return settled;
  }

  /** Under the lock of the webhook: the creator may not read it any more, so nothing is sent and nothing kept. */
  async drop(on: Executor, { workspace_id, id }: WebhookKey, claim: Claim): Promise<boolean> {
    const dropped = await on.query(
      `DELETE FROM webhooks.delivery
       WHERE workspace_id = $1 AND webhook_id = $2 AND id = $3 AND lease = $4 AND status = 'pending' RETURNING 1`,
      [workspace_id, id, claim.id, claim.lease],
    );
    if (dropped.length > 0) await this.countDown(on, { workspace_id, id });
    return dropped.length > 0;
  }

  /** Under the lock of the webhook: the receiver is back, so that nothing needs to wait for its turn. */
  async retryAll(on: Executor, { workspace_id, id }: WebhookKey): Promise<void> {
    await on.query(
      `UPDATE webhooks.delivery SET next_attempt_at = clock_timestamp()
       WHERE workspace_id = $1 AND webhook_id = $2 AND head AND next_attempt_at > clock_timestamp()`,
      [workspace_id, id],
    );
  }

  /** Under the lock of the webhook. @param pauseMs how long it rests; undefined: not at all. */
  async setHealth(
    on: Executor,
    { workspace_id, id }: WebhookKey,
    { failures, failing, pauseMs }: { failures: number; failing: boolean; pauseMs: number },
  ): Promise<void> {
    await on.query(
      {
        name: 'webhooks.set_health',
        text: `UPDATE webhooks.webhook SET failures = $3,
            failing_since = CASE WHEN $4 THEN coalesce(failing_since, clock_timestamp()) END,
            paused_until = CASE WHEN $5 > 0 THEN clock_timestamp() + make_interval(secs => $5 / 1000.0) END
          WHERE workspace_id = $1 AND id = $2`,
      },
      [workspace_id, id, failures, failing, pauseMs],
    );
  }

  /** Whether a delivery may be claimed, or waits for earlier events of its stream only. */
  async isDue(on: Executor, { workspace_id, id }: WebhookKey): Promise<boolean> {
    const rows = await on.query(
      {
        name: 'webhooks.is_due',
        text: `SELECT FROM webhooks.delivery WHERE workspace_id = $1 AND webhook_id = $2 AND head
            AND next_attempt_at <= clock_timestamp() AND (lease_until IS NULL OR lease_until <= clock_timestamp()) LIMIT 1`,
      },
      [workspace_id, id],
    );
    return rows.length > 0;
  }

  /** @returns the consumers whose earlier events a due delivery waits for. */
  async held(on: Executor, { workspace_id, id }: WebhookKey): Promise<string[]> {
    const rows = await on.query<{ consumer: string }>(HELD, [workspace_id, id]);
    return rows.map(({ consumer }) => consumer);
  }

  private async countDown(on: Executor, { workspace_id, id }: WebhookKey): Promise<void> {
    await on.query(
      {
        name: 'webhooks.count_down',
        text: 'UPDATE webhooks.webhook SET pending = greatest(pending - 1, 0) WHERE workspace_id = $1 AND id = $2',
      },
      [workspace_id, id],
    );
  }
}
