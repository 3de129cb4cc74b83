// Records events for the webhooks that match them: a delivery for each, all in one transaction.
import { Inject, Injectable } from '@nestjs/common';
import { againAfterDeadlock, Database, type ConfigOf, type Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import { DeliveryJobs } from '../delivery/delivery-jobs.js';
import { DeliveryQueue, type NewDelivery } from '../delivery/delivery-queue.js';
import { matches } from '../domain/event-types.js';
import { seenBy } from './seen-event.js';
import { DisableWebhooks } from '../webhooks/disable-webhooks.js';
import { systemDoer } from '../webhooks/webhook-events.js';
import { WEBHOOK_COLUMNS, type WebhookRow } from '../webhooks/webhook.store.js';
import { webhooksConfig } from '../webhooks.config.js';
import { FilterVerdicts, type Verdicts } from './filter-verdicts.js';
import { PublicEvents } from './public-events.js';
import type { RecordedEvent } from './recorded-event.js';

const PATIENCE = { attempts: 5, pauseMs: 20 };

const CANDIDATES = {
  name: 'webhooks.candidates',
  text: `SELECT ${WEBHOOK_COLUMNS} FROM webhooks.webhook w WHERE w.workspace_id = ANY($1::uuid[]) AND w.enabled`,
};
const LOCK = {
  name: 'webhooks.lock_candidates',
  text: `SELECT ${WEBHOOK_COLUMNS} FROM webhooks.webhook w
    WHERE w.workspace_id = ANY($1::uuid[]) AND w.id = ANY($2::uuid[]) AND w.enabled ORDER BY w.id FOR NO KEY UPDATE`,
};

@Injectable()
export class Recorder {
  constructor(
    private readonly database: Database,
    private readonly events: PublicEvents,
    private readonly filters: FilterVerdicts,
    private readonly queue: DeliveryQueue,
    private readonly disabling: DisableWebhooks,
    private readonly jobs: DeliveryJobs,
    @Inject(webhooksConfig.KEY) private readonly config: ConfigOf<typeof webhooksConfig>,
  ) {}

  /** All of them, or none. Events that a webhook has are not recorded again. @throws UnavailableError */
  async record(events: readonly RecordedEvent[]): Promise<void> {
    while (!(await this.recordOnce(events)));
  }

  /** @returns whether it is done; not if a filter was changed meanwhile. */
  private async recordOnce(events: readonly RecordedEvent[]): Promise<boolean> {
    const workspaces = [...new Set(events.map(({ workspaceId }) => workspaceId))];
    const candidates = await this.database.query<WebhookRow>(CANDIDATES, [workspaces]);
    const verdicts = await this.filters.judge(
      events,
      candidates,
      (event, webhook) => !!this.deliveryOf(event, webhook),
    );
    const matching = candidates.filter(
      (webhook) => verdicts.isBroken(webhook) || this.deliveriesOf(events, webhook, verdicts).length > 0,
    );
    if (matching.length === 0) return true;
    const ids = matching.map(({ id }) => id);
    return againAfterDeadlock(
      () => this.database.transaction((on) => this.recordIn(on, events, { workspaces, ids, verdicts })),
      PATIENCE,
    );
  }

  private async recordIn(
    on: Executor,
    events: readonly RecordedEvent[],
    { workspaces, ids, verdicts }: { workspaces: readonly string[]; ids: readonly string[]; verdicts: Verdicts },
  ): Promise<boolean> {
    const locked = await on.query<WebhookRow>(LOCK, [workspaces, ids]);
    if (!locked.every((webhook) => verdicts.isOf(webhook))) return false;
    const doer = systemDoer('event', events[0]?.kept.request_id ?? '');
    for (const webhook of locked.filter((one) => verdicts.isBroken(one)))
      await this.disabling.disable(on, doer, webhook, 'filter');
    const webhooks = locked.filter((one) => !verdicts.isBroken(one));
    const deliveries = webhooks.flatMap((webhook) => this.deliveriesOf(events, webhook, verdicts));
    if (deliveries.length === 0) return true;
    const pending = await this.queue.add(on, deliveries);
    for (const webhook of webhooks) {
      if ((pending.get(webhook.id) ?? 0) > this.config.WEBHOOKS_MAX_PENDING)
        await this.disabling.disable(on, doer, webhook, 'backlog');
    }
    const got = webhooks.filter(({ id }) => pending.has(id));
    on.afterCommit(() => this.jobs.wake(got));
    return true;
  }

  private deliveriesOf(events: readonly RecordedEvent[], webhook: WebhookRow, verdicts: Verdicts): NewDelivery[] {
    return events
      .filter((event) => verdicts.concerns(webhook, event))
      .flatMap((event) => this.deliveryOf(event, webhook) ?? []);
  }

  /** For any filter, and as far as the rights of the creator were known last: each attempt asks for them. */
  private deliveryOf(event: RecordedEvent, webhook: WebhookRow): NewDelivery | undefined {
    if (event.workspaceId !== webhook.workspace_id) return undefined;
    if (Date.parse(event.kept.occurred_at) < Date.parse(webhook.active_since)) return undefined;
    const reach = { creatorLists: webhook.creator_list_ids, listId: webhook.list_id };
    const seen = seenBy(event, event.public.thing.audience, reach);
    if (!seen) return undefined;
    const type = this.events.seenType(event.public, seen);
    if (!matches(webhook.event_types, type)) return undefined;
    return {
      id: uuidv7(),
      workspace_id: webhook.workspace_id,
      webhook_id: webhook.id,
      event_id: event.eventId,
      event_type: event.public.type,
      type,
      thing_type: event.public.thing.type,
      thing_id: event.thingId,
      version: event.version,
      change: event.change,
      list_id: event.listId,
      from_list_id: event.fromListId,
      event: event.kept,
      consumer: event.place?.consumer ?? null,
      stream_seq: event.place?.sequence ?? null,
    };
  }
}
