// Events that belong into the audit trail: each is written there once, however often it is delivered.
import type { Bus, EventContract } from '@mono/bus';
import { onceByInbox } from '@mono/bus/outbox';
import type { TransactionalExecutor } from '../database/executor.js';
import type { AuditTrail } from './audit-trail.js';

/** What an audited event says, by the conventions of this house. */
export interface AuditedEvent {
  id: string;
  /** `<aggregate>_<what happened>`. */
  event: string;
  aggregate: string;
  aggregate_id: string;
  occurred_at: string;
  workspace_id?: string;
  actor: { kind: string; id: string };
  request_id?: string;
  source: string;
  changes: Record<string, unknown>;
}

/** To be called before the bus starts. */
export function auditEvents(
  bus: Bus,
  contracts: readonly EventContract[],
  trail: AuditTrail,
  database: TransactionalExecutor,
): void {
  for (const [module, audited] of Map.groupBy(contracts, (contract) => contract.module)) {
    const consumer = `audit-${module}`;
    const keep = (body: unknown): Promise<unknown> =>
      database.transaction((on) => {
        const event = body as AuditedEvent;
        return onceByInbox(on, { schema: 'platform', consumer, eventId: event.id }, () =>
          trail.append(recordOf(event), on),
        );
      });
    bus.onDurableEvent(audited, keep, {
      consumer,
      module: 'platform',
      // In the order in which things happened to one of them, on one node; among several, `occurred_at` tells.
      key: (body) => (body as AuditedEvent).aggregate_id,
    });
  }
}

function recordOf(event: AuditedEvent): Parameters<AuditTrail['append']>[0] {
  const { aggregate, aggregate_id, actor, occurred_at, changes } = event;
  return {
    action: `${aggregate}.${event.event.replace(`${aggregate}_`, '')}`,
    actor: { kind: actor.kind, id: actor.id },
    workspaceId: event.workspace_id,
    requestId: event.request_id,
    source: event.source,
    details: { id: aggregate_id, occurred_at, changes },
  };
}
