// Reads deliveries for the log.
import { Injectable } from '@nestjs/common';
import type { ChangeKind, PageRequest } from '@mono/contract';
import type { Executor } from '@mono/platform';
import type { DeliveryStatus } from '../../contract/index.js';
import type { KeptEvent } from '../recording/recorded-event.js';
import type { WebhookRow } from '../webhooks/webhook.store.js';

type WebhookKey = Pick<WebhookRow, 'workspace_id' | 'id'>;

export interface DeliveryRow {
  id: string;
  workspace_id: string;
  webhook_id: string;
  event_id: string;
  /** As it happened. */
  event_type: string;
  /** As it is sent. */
  type: string;
  thing_type: string;
  thing_id: string;
  version: number;
  change: ChangeKind;
  list_id: string | null;
  from_list_id: string | null;
  event: KeptEvent;
  status: DeliveryStatus;
  attempts: number;
  next_attempt_at: string;
  attempted_at: string | null;
  duration_ms: number | null;
  response_status: number | null;
  response_start: string | null;
  error: string | null;
  error_message: string | null;
  created_at: string;
}

/** The deliveries that a caller may see, by the types of their things. */
export interface Readable {
  /** All of them. */
  open: readonly string[];
  /** Those that concern `lists`. */
  listed: readonly string[];
  lists: readonly string[];
}

export const DELIVERY_COLUMNS = `d.id, d.workspace_id, d.webhook_id, d.event_id, d.event_type, d.type, d.thing_type, d.thing_id,
  d.version, d.change, d.list_id, d.from_list_id, d.event, d.status, d.attempts, d.next_attempt_at, d.attempted_at,
  d.duration_ms, d.response_status, d.response_start, d.error, d.error_message, d.created_at`;
const READABLE = `d.workspace_id = $1 AND d.webhook_id = $2 AND (d.thing_type = ANY($3::text[])
  OR (d.thing_type = ANY($4::text[]) AND (d.list_id = ANY($5::uuid[]) OR d.from_list_id = ANY($5::uuid[]))))`;

@Injectable()
export class DeliveryLog {
  page(
    on: Executor,
    webhook: WebhookKey,
    readable: Readable,
    status: DeliveryStatus | undefined,
    { after, descending, fetch, offset }: PageRequest,
  ): Promise<DeliveryRow[]> {
    const past = after ? ` AND d.id ${descending ? '<' : '>'} $7::uuid` : '';
    return on.query<DeliveryRow>(
      `SELECT ${DELIVERY_COLUMNS} FROM webhooks.delivery d
       WHERE ${READABLE} AND ($6::text IS NULL OR d.status = $6)${past}
       ORDER BY d.id ${descending ? 'DESC' : 'ASC'} LIMIT ${fetch} OFFSET ${offset}`,
      [...valuesOf(webhook, readable), status ?? null, ...(after ? [after[0]] : [])],
    );
  }

  async count(
    on: Executor,
    webhook: WebhookKey,
    readable: Readable,
    status: DeliveryStatus | undefined,
  ): Promise<number> {
    const [row] = await on.query<{ total: number }>(
      `SELECT count(*)::int AS total FROM webhooks.delivery d WHERE ${READABLE} AND ($6::text IS NULL OR d.status = $6)`,
      [...valuesOf(webhook, readable), status ?? null],
    );
    return row?.total ?? 0;
  }

  async find(on: Executor, webhook: WebhookKey, readable: Readable, id: string): Promise<DeliveryRow | undefined> {
    const [row] = await on.query<DeliveryRow>(
      `SELECT ${DELIVERY_COLUMNS} FROM webhooks.delivery d WHERE ${READABLE} AND d.id = $6`,
      [...valuesOf(webhook, readable), id],
    );
    return row;
  }
}

function valuesOf({ workspace_id, id }: WebhookKey, { open, listed, lists }: Readable): unknown[] {
  return [workspace_id, id, open, listed, lists];
}
