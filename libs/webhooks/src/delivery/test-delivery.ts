// Sends a test event at once and once, and logs it like any other delivery, but without a dead letter.
import { Injectable } from '@nestjs/common';
import type { CallContext } from '@mono/contract';
import { Database } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import { TEST_TYPE } from '../domain/event-types.js';
import { verdictOf } from '../domain/retry-schedule.js';
import type { KeptEvent } from '../recording/recorded-event.js';
import type { WebhookRow } from '../webhooks/webhook.store.js';
import { payloadOf } from './payload.js';
import { SendAttempt } from './send-attempt.js';
import { loggedAttempt } from './settle-attempt.js';

@Injectable()
export class TestDelivery {
  constructor(
    private readonly database: Database,
    private readonly sending: SendAttempt,
  ) {}

  /** @returns the id of the delivery. */
  async send(webhook: WebhookRow, { principal, requestId, signal }: CallContext): Promise<string> {
    const id = uuidv7();
    const event: KeptEvent = {
      actor: { kind: principal.kind, id: principal.id },
      origin: null,
      request_id: requestId,
      occurred_at: new Date().toISOString(),
      keys: {},
      fields: [],
      changes: {},
    };
    const { workspace_id, id: webhook_id } = webhook;
    const about = { workspace_id, webhook_id, event_id: id, thing_id: id, thing_type: TEST_TYPE };
    const row = { ...about, version: 1, change: 'created' as const, list_id: null, from_list_id: null, event };
    const body = payloadOf(row, TEST_TYPE, 'as_is');
    const outcome = await this.sending.send(webhook, id, body, signal ?? new AbortController().signal);
    const attempt = loggedAttempt(outcome);
    const status = verdictOf(attempt.status ?? undefined) === 'delivered' ? 'delivered' : 'failed';
    await this.database.query(
      `INSERT INTO webhooks.delivery (id, workspace_id, webhook_id, event_id, event_type, type, thing_type, thing_id, version,
         change, event, status, attempts, first_attempt_at, attempted_at, duration_ms, response_status, response_start, error,
         error_message, letter_job)
       SELECT $1, $2, $3, $1, $4, $4, $4, $1, 1, 'created', $5, $6, 1, $7, $7, $8, $9, $10, $11, $12, 'none'
       WHERE EXISTS (SELECT FROM webhooks.webhook WHERE workspace_id = $2 AND id = $3)`,
      [
        id,
        workspace_id,
        webhook_id,
        TEST_TYPE,
        JSON.stringify(event),
        status,
        event.occurred_at,
        attempt.durationMs,
        attempt.status,
        attempt.responseStart,
        attempt.error,
        attempt.message,
      ],
    );
    return id;
  }
}
