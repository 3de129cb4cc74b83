// Which events concern the filters of webhooks. Tasks is asked before the events are recorded: once per workspace and batch.
import { Injectable } from '@nestjs/common';
import { Bus } from '@mono/bus';
import { FilterMatchesClient, type FilterToMatch } from '@mono/tasks/contract';
import type { WebhookRow } from '../webhooks/webhook.store.js';
import type { RecordedEvent } from './recorded-event.js';

type Filtered = Pick<WebhookRow, 'filter' | 'filter_id' | 'creator_kind' | 'creator_id' | 'creator_list_ids'>;

interface Verdict {
  filter: FilterToMatch;
  /** Whether the filter cannot be used any more. */
  isBroken: boolean;
  /** The ids of the events that concern it. */
  events: ReadonlySet<string>;
}

/** The verdicts on a batch, by webhook. */
export class Verdicts {
  constructor(private readonly byWebhook: ReadonlyMap<string, Verdict>) {}

  /** Whether the webhook still has the filter that was asked about, or none still. */
  isOf(webhook: WebhookRow): boolean {
    const verdict = this.byWebhook.get(webhook.id);
    if (!hasFilter(webhook)) return verdict === undefined;
    return verdict !== undefined && JSON.stringify(verdict.filter) === JSON.stringify(filterToMatch(webhook));
  }

  isBroken({ id }: WebhookRow): boolean {
    return this.byWebhook.get(id)?.isBroken ?? false;
  }

  /** Whether the webhook may get the event, by its filter. */
  concerns(webhook: WebhookRow, { eventId }: RecordedEvent): boolean {
    return !hasFilter(webhook) || (this.byWebhook.get(webhook.id)?.events.has(eventId) ?? false);
  }
}

@Injectable()
export class FilterVerdicts {
  private readonly tasks: FilterMatchesClient;

  constructor(bus: Bus) {
    this.tasks = new FilterMatchesClient(bus);
  }

  /** @param isCandidate whether the webhook would get the event without its filter. @throws UnavailableError */
  async judge(
    events: readonly RecordedEvent[],
    webhooks: readonly WebhookRow[],
    isCandidate: (event: RecordedEvent, webhook: WebhookRow) => boolean,
  ): Promise<Verdicts> {
    const verdicts = new Map<string, Verdict>();
    const tasks = events.filter(isOfTask);
    const filtered = tasks.length === 0 ? [] : webhooks.filter(hasFilter);
    for (const [workspaceId, own] of Map.groupBy(filtered, ({ workspace_id: id }) => id)) {
      const asked = tasks.filter((event) => own.some((webhook) => isCandidate(event, webhook)));
      const asking = own.filter((webhook) => asked.some((event) => isCandidate(event, webhook)));
      if (asking.length > 0) await this.ask(workspaceId, asking, asked, verdicts);
    }
    return new Verdicts(verdicts);
  }

  private async ask(
    workspaceId: string,
    webhooks: readonly WebhookRow[],
    events: readonly RecordedEvent[],
    verdicts: Map<string, Verdict>,
  ): Promise<void> {
    const filters = webhooks.map(filterToMatch);
    const changes = events.map(({ thingId, version, kept, changes: values }) => ({
      task_id: thingId,
      version,
      occurred_at: kept.occurred_at,
      changes: values,
    }));
    const results = await this.tasks.matchChanges(workspaceId, filters, changes);
    for (const [index, { id }] of webhooks.entries()) {
      const [filter, result] = [filters[index], results[index]];
      if (!filter || !result) throw new Error('Invariant violated: a filter has no result.');
      const matching = new Set(result.matching.flatMap((place) => events[place]?.eventId ?? []));
      verdicts.set(id, { filter, isBroken: result.fault !== null, events: matching });
    }
  }
}

export function hasFilter({ filter, filter_id: id }: Pick<WebhookRow, 'filter' | 'filter_id'>): boolean {
  return filter !== null || id !== null;
}

/** As its creator means it. */
export function filterToMatch({
  filter,
  filter_id,
  creator_kind,
  creator_id,
  creator_list_ids,
}: Filtered): FilterToMatch {
  return {
    filter,
    filter_id,
    timezone: null,
    caller: { kind: creator_kind, id: creator_id, list_ids: creator_list_ids },
  };
}

/** The only things that a webhook with a filter sends. */
export function isOfTask({ public: { thing } }: Pick<RecordedEvent, 'public'>): boolean {
  return thing.type === 'task';
}
