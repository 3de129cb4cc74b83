// The log of deliveries, and what callers do with them.
import { Controller } from '@nestjs/common';
import { buildPage, readPageRequest, type CallContext, type InputOf, type Principal } from '@mono/contract';
import { Database, Operation } from '@mono/platform';
import {
  webhooksErrors,
  webhooksOperations as operations,
  type DeliveryPage,
  type WebhookDelivery,
  type WebhookDeliveryDetails,
} from '../../contract/index.js';
import { TEST_TYPE } from '../domain/event-types.js';
import { mayRead, PublicEvents } from '../recording/public-events.js';
import { filterOf, requireWebhook } from '../webhooks/require-webhook.js';
import { WebhookStore, type WebhookRow } from '../webhooks/webhook.store.js';
import { DeliveryJobs } from './delivery-jobs.js';
import { DeliveryLog, type DeliveryRow, type Readable } from './delivery-log.js';
import { DeliveryQueue } from './delivery-queue.js';
import { SendAttempt } from './send-attempt.js';
import { TestDelivery } from './test-delivery.js';

@Controller()
export class DeliveriesController {
  constructor(
    private readonly database: Database,
    private readonly webhooks: WebhookStore,
    private readonly log: DeliveryLog,
    private readonly queue: DeliveryQueue,
    private readonly jobs: DeliveryJobs,
    private readonly events: PublicEvents,
    private readonly sending: SendAttempt,
    private readonly testing: TestDelivery,
  ) {}

  @Operation(operations.findDeliveries)
  async findDeliveries(
    { id, ...query }: InputOf<typeof operations.findDeliveries>,
    { principal }: CallContext,
  ): Promise<DeliveryPage> {
    const webhook = requireWebhook(await this.webhooks.find(this.database, id, filterOf(principal)), id);
    const request = readPageRequest(query, ['uuid'], { webhook: id, caller: principal.id });
    const readable = this.readableBy(principal);
    const { status } = query;
    const rows = await this.log.page(this.database, webhook, readable, status, request);
    const total = request.countsExactly ? await this.log.count(this.database, webhook, readable, status) : undefined;
    return buildPage(request, { rows, item: toDelivery, key: (row) => [row.id], total });
  }

  @Operation(operations.getDelivery)
  async getDelivery(
    { id, delivery_id: deliveryId }: InputOf<typeof operations.getDelivery>,
    { principal }: CallContext,
  ): Promise<WebhookDeliveryDetails> {
    const webhook = requireWebhook(await this.webhooks.find(this.database, id, filterOf(principal)), id);
    return this.detailsOf(webhook, deliveryId, principal);
  }

  @Operation(operations.redeliver)
  async redeliver(
    { id, delivery_id: deliveryId }: InputOf<typeof operations.redeliver>,
    { principal }: CallContext,
  ): Promise<WebhookDeliveryDetails> {
    const webhook = await this.database.transaction(async (on) => {
      const locked = requireWebhook(await this.webhooks.lock(on, id, filterOf(principal)), id);
      const row = await this.log.find(on, locked, this.readableBy(principal), deliveryId);
      if (!row) throw webhooksErrors.delivery_not_found({ id: deliveryId });
      if (!locked.enabled) throw webhooksErrors.webhook_disabled();
      await this.queue.reopen(on, locked, deliveryId);
      on.afterCommit(() => this.jobs.wake([locked]));
      return locked;
    });
    return this.detailsOf(webhook, deliveryId, principal);
  }

  @Operation(operations.testWebhook)
  async testWebhook(
    { id }: InputOf<typeof operations.testWebhook>,
    call: CallContext,
  ): Promise<WebhookDeliveryDetails> {
    const { principal } = call;
    const webhook = requireWebhook(await this.webhooks.find(this.database, id, filterOf(principal)), id);
    return this.detailsOf(webhook, await this.testing.send(webhook, call), principal);
  }

  /** @throws DomainError `delivery_not_found`. */
  private async detailsOf(webhook: WebhookRow, id: string, principal: Principal): Promise<WebhookDeliveryDetails> {
    const row = await this.log.find(this.database, webhook, this.readableBy(principal), id);
    if (!row) throw webhooksErrors.delivery_not_found({ id });
    const rights = { scopes: principal.scopes, listIds: principal.listIds ?? null };
    return Object.assign(toDelivery(row), { request_body: this.sending.viewOf(webhook, row, rights)?.body ?? null });
  }

  private readableBy(principal: Principal): Readable {
    const things = [...new Set(this.events.all.map(({ thing }) => thing))].filter((thing) => mayRead(principal, thing));
    const byList = things.filter(({ audience }) => audience === 'list' || audience === 'itself');
    const { listIds } = principal;
    const open = things.filter(
      (thing) => !byList.includes(thing) && (listIds === undefined || thing.audience === 'workspace'),
    );
    const names = (of: typeof things): string[] => of.map(({ type }) => type);
    return listIds === undefined
      ? { open: [TEST_TYPE, ...names(open), ...names(byList)], listed: [], lists: [] }
      : { open: [TEST_TYPE, ...names(open)], listed: names(byList), lists: listIds };
  }
}

function toDelivery(row: DeliveryRow): WebhookDelivery {
  return {
    id: row.id,
    webhook_id: row.webhook_id,
    type: row.type,
    event_id: row.event_id,
    status: row.status,
    attempts: row.attempts,
    next_attempt_at: row.status === 'pending' ? row.next_attempt_at : null,
    last_attempt:
      row.attempted_at === null
        ? null
        : {
            at: row.attempted_at,
            duration: row.duration_ms === null ? null : `PT${row.duration_ms / 1_000}S`,
            status: row.response_status,
            error: row.error,
            message: row.error_message,
            response_start: row.response_start,
          },
    created_at: row.created_at,
  };
}
