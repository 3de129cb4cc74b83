// Feeds end with their list, with the key or the account that created them, and with the workspace. FormerMembers ends them
// with a membership.
import { Controller } from '@nestjs/common';
import { authEvents } from '@mono/auth/contract';
import type { BodyOf } from '@mono/bus';
import { onceByInbox, OutboxSignal } from '@mono/bus/outbox';
import { Database, OnEvent } from '@mono/platform';
import { tasksEvents, type ListEvent } from '@mono/tasks/contract';
import { deleteFeeds, type FeedEnd } from '../persistence/feeds.store.js';
import type { Author } from '../persistence/publish-events.js';

const FROM_TASKS = 'recurrence-feeds-tasks';
const FROM_AUTH = 'recurrence-feeds-auth';

const creatorDeleted = [authEvents.api_key_revoked, authEvents.account_deleted] as const;

@Controller()
export class FeedsConsumer {
  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
  ) {}

  @OnEvent(tasksEvents.list_deleted, { consumer: FROM_TASKS, module: 'recurrence' })
  async endWithList(event: ListEvent): Promise<void> {
    await this.end(FROM_TASKS, event, [{ column: 'list_id', value: event.aggregate_id }]);
  }

  // An id belongs to one key or user of the installation, so that their feeds are found without a workspace.
  @OnEvent(creatorDeleted, { consumer: FROM_AUTH, module: 'recurrence' })
  async endWithCreator(event: BodyOf<typeof creatorDeleted>): Promise<void> {
    const deleted = event.event === 'account_deleted' ? (event.workspace_ids ?? []) : [];
    const workspaces = deleted.map((id) => ({ column: 'workspace_id' as const, value: id }));
    await this.end(FROM_AUTH, event, [{ column: 'creator_id', value: event.aggregate_id }, ...workspaces]);
  }

  private async end(
    consumer: string,
    event: Pick<ListEvent, 'id' | 'request_id'> & Partial<Pick<ListEvent, 'workspace_id'>>,
    ends: readonly FeedEnd[],
  ): Promise<void> {
    const { id: eventId, workspace_id: workspaceId = '', request_id: requestId } = event;
    const principal = { kind: 'system', id: 'recurrence', workspaceId, scopes: ['*'] } as const;
    const author: Author = { principal, requestId, source: 'event' };
    await this.database.transaction(async (on) => {
      await onceByInbox(on, { schema: 'recurrence', consumer, eventId }, async () => {
        for (const ended of ends) await deleteFeeds(on, author, ended);
      });
      on.afterCommit(() => this.signal.wake());
    });
  }
}
