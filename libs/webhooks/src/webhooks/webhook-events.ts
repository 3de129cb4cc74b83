// The events of webhooks. They have the origin of a URL only, as path and query may contain a secret of the receiver.
import { Injectable } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import type { CallContext, Changes } from '@mono/contract';
import { outbox, type Executor } from '@mono/platform';
import { webhooksEvents, type DisabledReason } from '../../contract/index.js';
import type { WebhookFields, WebhookRow } from './webhook.store.js';

/** The actor of a change, and its request. */
export type Doer = Pick<CallContext, 'requestId' | 'source'> & {
  principal: Pick<CallContext['principal'], 'kind' | 'id'>;
};

/** The module itself. */
export function systemDoer(source: 'job' | 'event', requestId: string): Doer {
  return { principal: { kind: 'system', id: 'webhooks' }, requestId, source };
}

const FIELDS = ['url', 'event_types', 'list_id', 'filter', 'filter_id', 'description', 'enabled'] as const;

@Injectable()
export class WebhookEvents {
  constructor(private readonly signal: OutboxSignal) {}

  async created(on: Executor, doer: Doer, row: WebhookRow): Promise<void> {
    await this.publish(on, doer, webhooksEvents.created, row, webhookChanges(undefined, row));
  }

  async updated(on: Executor, doer: Doer, before: WebhookRow, row: WebhookRow): Promise<void> {
    await this.publish(on, doer, webhooksEvents.updated, row, webhookChanges(before, row));
  }

  async rotated(on: Executor, doer: Doer, row: WebhookRow): Promise<void> {
    await this.publish(on, doer, webhooksEvents.secret_rotated, row, {});
  }

  async deleted(on: Executor, doer: Doer, before: WebhookRow): Promise<void> {
    const last = { ...before, version: before.version + 1 };
    await this.publish(on, doer, webhooksEvents.deleted, last, webhookChanges(before, undefined));
  }

  async disabled(on: Executor, doer: Doer, row: WebhookRow, reason: DisabledReason): Promise<void> {
    const { creator_kind: kind, creator_id: id } = row;
    await outbox.add(on, webhooksEvents.disabled, {
      ...factsOf(doer, row),
      changes: { enabled: { from: true, to: false } },
      reason,
      url_host: new URL(row.url).host,
      description: row.description,
      creator: { kind, id },
      creator_user_id: kind === 'user' ? id : null,
      failing_since: row.failing_since,
    });
    on.afterCommit(() => this.signal.wake());
  }

  private async publish(
    on: Executor,
    doer: Doer,
    event: (typeof webhooksEvents)['created' | 'updated' | 'secret_rotated' | 'deleted'],
    row: WebhookRow,
    changes: Changes,
  ): Promise<void> {
    await outbox.add(on, event, { ...factsOf(doer, row), changes });
    on.afterCommit(() => this.signal.wake());
  }
}

function factsOf({ principal: { kind, id }, requestId, source }: Doer, row: WebhookRow) {
  return {
    aggregate: 'webhook' as const,
    aggregate_id: row.id,
    version: row.version,
    workspace_id: row.workspace_id,
    actor: { kind, id },
    request_id: requestId,
    source: source ?? 'unknown',
  };
}

/** undefined: the webhook does not exist then. */
export function webhookChanges(from: WebhookFields | undefined, to: WebhookFields | undefined): Changes {
  return Object.fromEntries(
    FIELDS.flatMap((field) => {
      const [before, after] = [from?.[field] ?? null, to?.[field] ?? null];
      if (JSON.stringify(before) === JSON.stringify(after)) return [];
      return [[field, { from: shown(field, before), to: shown(field, after) }] as const];
    }),
  );
}

function shown(field: keyof WebhookFields, value: unknown): unknown {
  return field === 'url' && typeof value === 'string' ? new URL(value).origin : value;
}
