// The pending deliveries of webhooks. The first one of each thing is its head, the only one that may be sent; all changes of heads
// happen under the lock of the webhook's row. See ../../decisions/0002-order-by-heads.md.
import { Injectable } from '@nestjs/common';
import type { ChangeKind } from '@mono/contract';
import type { Executor } from '@mono/platform';
import type { KeptEvent } from '../recording/recorded-event.js';
import type { WebhookRow } from '../webhooks/webhook.store.js';

type WebhookKey = Pick<WebhookRow, 'workspace_id' | 'id'>;

export interface NewDelivery {
  id: string;
  workspace_id: string;
  webhook_id: string;
  event_id: string;
  event_type: string;
  type: string;
  thing_type: string;
  thing_id: string;
  version: number;
  change: ChangeKind;
  list_id: string | null;
  from_list_id: string | null;
  event: KeptEvent;
  consumer: string | null;
  stream_seq: number | null;
}

/** All deliveries of one thing to one webhook. */
interface Thing {
  webhook_id: string;
  thing_type: string;
  thing_id: string;
}

/**
 * Earlier events of the stream are recorded within this time, or are dead letters in the making: longer than it takes until the
 * events of a lost node are delivered to another one.
 */
const HOLD_SECONDS = 120;

const INSERT = {
  name: 'webhooks.insert_deliveries',
  text: `INSERT INTO webhooks.delivery (id, workspace_id, webhook_id, event_id, event_type, type, thing_type, thing_id, version,
      change, list_id, from_list_id, event, consumer, stream_seq, held_until)
    SELECT id, workspace_id, webhook_id, event_id, event_type, type, thing_type, thing_id, version,
      change, list_id, from_list_id, event, consumer, stream_seq,
      CASE WHEN consumer IS NOT NULL THEN now() + make_interval(secs => ${HOLD_SECONDS}) END
    FROM json_to_recordset($1) AS n (id uuid, workspace_id uuid, webhook_id uuid, event_id uuid, event_type text, type text,
      thing_type text, thing_id uuid, version integer, change text, list_id uuid, from_list_id uuid, event json, consumer text,
      stream_seq bigint)
    ON CONFLICT (webhook_id, event_id) DO NOTHING RETURNING webhook_id, thing_type, thing_id`,
};
/** Sees what was committed before the lock: it must be a statement of its own. */
const SET_HEADS = {
  name: 'webhooks.set_heads',
  text: `
    WITH thing AS MATERIALIZED (
      SELECT DISTINCT webhook_id, thing_type, thing_id
      FROM json_to_recordset($1) AS n (webhook_id uuid, thing_type text, thing_id uuid)
    ),
    first AS MATERIALIZED (
      SELECT t.*, d.id FROM thing t LEFT JOIN LATERAL (
        SELECT id FROM webhooks.delivery d
        WHERE d.webhook_id = t.webhook_id AND d.thing_type = t.thing_type AND d.thing_id = t.thing_id AND d.status = 'pending'
        ORDER BY d.version, d.id LIMIT 1
      ) d ON true
    ),
    head AS (
      SELECT id, true AS head FROM first WHERE id IS NOT NULL
      UNION ALL
      SELECT d.id, false FROM first f JOIN webhooks.delivery d ON d.webhook_id = f.webhook_id
        AND d.thing_type = f.thing_type AND d.thing_id = f.thing_id AND d.head WHERE d.id IS DISTINCT FROM f.id
    )
    UPDATE webhooks.delivery d SET head = n.head FROM head n WHERE d.id = n.id AND d.head <> n.head`,
};
const COUNT = {
  name: 'webhooks.count_pending',
  text: `UPDATE webhooks.webhook w SET pending = w.pending + n.count
    FROM unnest($1::uuid[], $2::integer[]) AS n (id, count) WHERE w.id = n.id RETURNING w.id, w.pending`,
};

@Injectable()
export class DeliveryQueue {
  /**
   * Under the locks of the webhooks. Deliveries of events that a webhook has are left out.
   * @returns the pending deliveries of each webhook that got one.
   */
  async add(on: Executor, deliveries: readonly NewDelivery[]): Promise<Map<string, number>> {
    const added = await on.query<Thing>(INSERT, [JSON.stringify(deliveries)]);
    if (added.length === 0) return new Map();
    await this.setHeads(on, added);
    const counts = Map.groupBy(added, ({ webhook_id }) => webhook_id);
    const rows = await on.query<{ id: string; pending: number }>(COUNT, [
      [...counts.keys()],
      [...counts.values()].map(({ length }) => length),
    ]);
    return new Map(rows.map(({ id, pending }) => [id, pending]));
  }

  /** Under the lock of the webhook. */
  async setHeads(on: Executor, things: readonly Thing[]): Promise<void> {
    await on.query(SET_HEADS, [JSON.stringify(things)]);
  }

  /** Under the lock of the webhook. */
  async cancel(on: Executor, { workspace_id, id }: WebhookKey): Promise<void> {
    await on.query(
      `UPDATE webhooks.delivery SET status = 'cancelled', head = false, lease_until = NULL
       WHERE workspace_id = $1 AND webhook_id = $2 AND status = 'pending'`,
      [workspace_id, id],
    );
    await on.query('UPDATE webhooks.webhook SET pending = 0 WHERE workspace_id = $1 AND id = $2', [workspace_id, id]);
  }

  /** Under the lock of the webhook: sends a delivery again, whatever became of it. A later one of the same thing waits for it. */
  async reopen(on: Executor, { workspace_id, id }: WebhookKey, deliveryId: string): Promise<void> {
    const [row] = await on.query<Thing & { was_pending: boolean }>(
      `WITH old AS (SELECT id, status FROM webhooks.delivery WHERE workspace_id = $1 AND webhook_id = $2 AND id = $3)
       UPDATE webhooks.delivery d SET status = 'pending', attempts = 0, first_attempt_at = NULL, next_attempt_at = now(),
         held_until = NULL, letter_job = NULL
       FROM old WHERE d.id = old.id
       RETURNING d.webhook_id, d.thing_type, d.thing_id, old.status = 'pending' AS was_pending`,
      [workspace_id, id, deliveryId],
    );
    if (!row) return;
    await this.setHeads(on, [row]);
    if (!row.was_pending) await on.query(COUNT, [[id], [1]]);
  }

  /** @returns how many; fewer than `limit` means that no more are there. */
  async eraseBatch(on: Executor, workspaceId: string, webhookId: string | undefined, limit: number): Promise<number> {
    const rows = await on.query(
      `DELETE FROM webhooks.delivery WHERE id IN (
        SELECT id FROM webhooks.delivery WHERE workspace_id = $1 AND ($2::uuid IS NULL OR webhook_id = $2) LIMIT $3) RETURNING 1`,
      [workspaceId, webhookId ?? null, limit],
    );
    return rows.length;
  }
}
