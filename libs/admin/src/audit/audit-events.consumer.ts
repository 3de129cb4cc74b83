// Events that belong into the audit trail: each is written there once, however often it is delivered.
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Bus, type EventContract } from '@mono/bus';
import { onceByInbox } from '@mono/bus/outbox';
import type { AuditedBody } from '@mono/contract';
import { Database, type TransactionalExecutor } from '@mono/platform';
import type { AuditRecord } from './audit-trail.js';
import { Audit } from './audit.js';

/** Those of all features. The app provides them. */
export abstract class AuditedEvents {
  abstract readonly contracts: readonly EventContract<AuditedBody>[];
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
      this.bus.onDurableEvent(audited, (event) => this.record(event, consumer), {
        consumer,
        module: 'platform',
        // Events of one aggregate are recorded in their order on one node; among several nodes, `occurred_at` orders them.
        key: ({ aggregate_id }) => aggregate_id,
      });
    }
  }

  private async record(event: AuditedBody, consumer: string): Promise<void> {
    await this.database.transaction((on) =>
      onceByInbox(on, { schema: 'platform', consumer, eventId: event.id }, () =>
        this.audit.trail.append(recordOf(event), on),
      ),
    );
  }
}

function recordOf(event: AuditedBody): AuditRecord {
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
