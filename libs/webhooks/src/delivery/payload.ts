// The body of a delivery (Standard Webhooks): a pure function of the recorded event and of how the receiver sees it.
import type { SeenAs } from '@mono/contract';
import { TEST_TYPE } from '../domain/event-types.js';
import { seenChanges } from '../recording/seen-event.js';
import type { DeliveryRow } from './delivery-log.js';

type Sent = Pick<
  DeliveryRow,
  | 'event_id'
  | 'workspace_id'
  | 'webhook_id'
  | 'thing_type'
  | 'thing_id'
  | 'version'
  | 'change'
  | 'list_id'
  | 'from_list_id'
  | 'event'
>;

export function payloadOf(row: Sent, type: string, seen: SeenAs): string {
  const { occurred_at: occurredAt, keys, actor, origin, request_id: requestId } = row.event;
  const at = { timestamp: occurredAt };
  if (type === TEST_TYPE) return JSON.stringify({ type, ...at, data: { webhook_id: row.webhook_id } });
  const left = seen === 'deleted';
  const { changes } = row.event;
  return JSON.stringify({
    type,
    ...at,
    data: {
      id: row.event_id,
      workspace_id: row.workspace_id,
      type: row.thing_type,
      thing_id: row.thing_id,
      change: seen === 'as_is' ? row.change : seen,
      version: row.version,
      list_id: left ? row.from_list_id : (row.list_id ?? row.from_list_id),
      fields: left ? [] : row.event.fields,
      // null: too large to be sent.
      changes: changes && seenChanges(changes, seen),
      keys,
      actor,
      origin,
      request_id: requestId,
      occurred_at: occurredAt,
    },
  });
}
