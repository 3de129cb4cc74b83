// Feeds end with their list, with the key or the account that created them, and with the workspace. FormerMembers ends them
// with a membership.
import { Controller } from '@nestjs/common';
import { authEvents, type ApiKeyEvent, type UserEvent, type WorkspaceEvent } from '@mono/auth/contract';
import { onceByInbox, OutboxSignal } from '@mono/bus/outbox';
import type { EventBody } from '@mono/contract';
import { Database, OnEvent } from '@mono/platform';
import { tasksEvents, type ListEvent } from '@mono/tasks/contract';
import { systemContext } from '../call-contexts.js';
import { deleteFeeds, type FeedEnd } from '../persistence/feeds.store.js';

const FROM_TASKS = 'recurrence-feeds-tasks';
const FROM_AUTH = 'recurrence-feeds-auth';
const FROM_WORKSPACES = 'recurrence-feeds-workspaces';

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

  @OnEvent([authEvents.api_key_revoked, authEvents.account_deleted], { consumer: FROM_AUTH, module: 'recurrence' })
  async endWithCreator(event: ApiKeyEvent | UserEvent): Promise<void> {
    const workspaces = event.event === 'account_deleted' ? (event.workspace_ids ?? []) : [];
    await this.end(FROM_AUTH, event, [
      { column: 'creator_id', value: event.aggregate_id },
      ...workspaces.map((id) => ({ column: 'workspace_id' as const, value: id })),
    ]);
  }

  @OnEvent(authEvents.workspace_deleted, { consumer: FROM_WORKSPACES, module: 'recurrence' })
  async endWithWorkspace(event: WorkspaceEvent): Promise<void> {
    await this.end(FROM_WORKSPACES, event, [{ column: 'workspace_id', value: event.aggregate_id }]);
  }

  /** Ids are unique in the installation, so that feeds are found without a workspace. */
  private async end(
    consumer: string,
    { id: eventId, request_id: requestId }: Pick<EventBody, 'id' | 'request_id'>,
    ends: readonly FeedEnd[],
  ): Promise<void> {
    const author = systemContext('', requestId, 'event');
    await this.database.transaction(async (on) => {
      await onceByInbox(on, { schema: 'recurrence', consumer, eventId }, async () => {
        for (const ended of ends) await deleteFeeds(on, author, ended);
      });
      on.afterCommit(() => this.signal.wake());
    });
  }
}
