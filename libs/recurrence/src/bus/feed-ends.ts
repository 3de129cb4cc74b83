// What ends feeds for good: their list, the key or the account of who made them, the workspace. A membership ends them, too:
// ../members/forget-leavers.ts.
import { defineEvent, type Bus, type EventContract } from '@mono/bus';
import { onceByInbox, type OutboxSignal } from '@mono/bus/outbox';
import type { UserEvent } from '@mono/auth/contract';
import type { Executor, TransactionalExecutor } from '@mono/platform';
import { deleteFeeds, type Doer, type FeedEnd } from '../persistence/feeds.js';

/** What is needed of an event. */
class EndingEvent {
  id: string;
  event: string;
  aggregate_id: string;
  workspace_id?: string;
  request_id: string;
  workspace_ids?: UserEvent['workspace_ids'];
}

type Ending = (event: EndingEvent) => FeedEnd[];

/** By event. A key's id is nobody else's, so that its feeds need no workspace to be told apart. */
const ENDINGS: Readonly<Record<string, { module: string; ends: Ending }>> = {
  list_deleted: { module: 'tasks', ends: ({ aggregate_id: listId }) => [{ column: 'list_id', value: listId }] },
  api_key_revoked: { module: 'auth', ends: ({ aggregate_id: keyId }) => [{ column: 'creator_id', value: keyId }] },
  account_deleted: {
    module: 'auth',
    ends: ({ aggregate_id: userId, workspace_ids: ids = [] }) => [
      { column: 'creator_id', value: userId },
      ...ids.map((id) => ({ column: 'workspace_id' as const, value: id })),
    ],
  },
};

/** To be called before the bus starts. */
export function endFeeds(bus: Bus, database: TransactionalExecutor, signal: OutboxSignal): void {
  for (const [module, named] of Map.groupBy(Object.entries(ENDINGS), ([, ending]) => ending.module)) {
    const consumer = `recurrence-feeds-${module}`;
    const contracts: EventContract[] = named.map(([name]) => defineEvent({ module, name, event: EndingEvent }));
    const hear = (body: unknown): Promise<unknown> =>
      database.transaction(async (on) => {
        const event = body as EndingEvent;
        await onceByInbox(on, { schema: 'recurrence', consumer, eventId: event.id }, () => end(on, event));
        on.afterCommit(() => signal.wake());
      });
    bus.onDurableEvent(contracts, hear, {
      consumer,
      module: 'recurrence',
    });
  }
}

async function end(on: Executor, event: EndingEvent): Promise<void> {
  const { workspace_id: workspaceId = '', request_id: requestId } = event;
  const principal = { kind: 'system', id: 'recurrence', workspaceId, scopes: ['*'] } as const;
  const doer: Doer = { principal, requestId, source: 'event' };
  for (const ended of ENDINGS[event.event]?.ends(event) ?? []) await deleteFeeds(on, doer, ended);
}
