// Events that belong into the audit trail: each is written there once, however often it is delivered.
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Bus, type EventContract } from '@mono/bus';
import { onceByInbox } from '@mono/bus/outbox';
import { Database, type TransactionalExecutor } from '@mono/platform';
import type { AuditRecord } from './audit-trail.js';
import { Audit } from './audit.js';

/** Events of all features whose bodies name actor, source, aggregate and changes. The app provides them. */
export abstract class AuditedEvents {
  abstract readonly contracts: readonly EventContract[];
}

/** The body of an audited event. */
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

@Injectable()
export class AuditEventsConsumer implements OnModuleInit {
  constructor(
    private readonly bus: Bus,
    private readonly events: AuditedEvents,
    private readonly audit: Audit,
    @Inject(Database) private readonly database: TransactionalExecutor,
  ) {}

  /** The bus starts later. */
  onModuleInit(): void {
    for (const [module, audited] of Map.groupBy(this.events.contracts, (contract) => contract.module)) {
      const consumer = `audit-${module}`;
      this.bus.onDurableEvent(audited, (body) => this.record(body as AuditedEvent, consumer), {
        consumer,
        module: 'platform',
        // Events of one aggregate are recorded in their order on one node; among several nodes, `occurred_at` orders them.
        key: (body) => (body as AuditedEvent).aggregate_id,
      });
    }
  }

  private async record(event: AuditedEvent, consumer: string): Promise<void> {
    await this.database.transaction((on) =>
      onceByInbox(on, { schema: 'platform', consumer, eventId: event.id }, () =>
        this.audit.trail.append(recordOf(event), on),
      ),
    );
  }
}

function recordOf(event: AuditedEvent): AuditRecord {
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
