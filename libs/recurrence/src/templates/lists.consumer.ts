// Templates end with their list, and return with it. The events of a list may arrive in any order: the latest version counts.
import { Controller } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import { Database, eventMemoryMs, NodeInfo, OnEvent, Periodically, PRUNING_INTERVAL_MS } from '@mono/platform';
import type { Executor } from '@mono/platform';
import { tasksEvents, type ListEvent } from '@mono/tasks/contract';
import { contextOfEvent } from '../call-contexts.js';
import { GenerationJobs } from '../generation/generation-jobs.js';
import { holdList, noteList, pruneLists, type ListChange } from '../persistence/lists.store.js';
import { lockTemplate, type TemplateRow } from '../persistence/templates.store.js';
import { endTemplate, returnTemplate } from './end-template.js';

@Controller()
export class ListsConsumer {
  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    private readonly jobs: GenerationJobs,
    private readonly node: NodeInfo,
  ) {}

  @OnEvent(tasksEvents.list_deleted, { consumer: 'recurrence-lists', module: 'recurrence' })
  async endWithList(event: ListEvent): Promise<void> {
    await this.follow(event, `status <> 'ended'`, async (on, row) => {
      if (row.status === 'ended') return;
      await endTemplate(on, contextOfEvent(event), row, { origin: 'tasks', withList: true });
    });
  }

  // A consumer of its own: nodes of the previous release would acknowledge the event without effect.
  @OnEvent(tasksEvents.list_restored, { consumer: 'recurrence-lists-restored', module: 'recurrence' })
  async returnWithList(event: ListEvent): Promise<void> {
    await this.follow(event, 'before_list_deletion IS NOT NULL', (on, row) =>
      returnTemplate(on, contextOfEvent(event), row),
    );
  }

  @Periodically({ everyMs: PRUNING_INTERVAL_MS, atStart: true, failure: 'Failed to prune deletions of lists' })
  prune(): Promise<number> {
    return pruneLists(this.database, eventMemoryMs(this.node));
  }

  private async follow(
    event: ListEvent,
    condition: string,
    change: (on: Executor, row: TemplateRow) => Promise<void>,
  ): Promise<void> {
    const { aggregate_id: list_id, workspace_id, version, request_id } = event;
    const list: ListChange = { list_id, workspace_id, version, deleted: event.event === 'list_deleted' };
    if (!(await noteList(this.database, list))) return;
    const found = await this.database.query<{ id: string }>(
      `SELECT id FROM recurrence.template WHERE list_id = $1 AND workspace_id = $2 AND ${condition}`,
      [list_id, workspace_id],
    );
    for (const { id } of found) {
      await this.database.transaction(async (on) => {
        const row = await lockTemplate(on, id);
        // It may have been moved to another list meanwhile.
        if (!row || row.list_id !== list_id || !(await holdList(on, list))) return;
        await change(on, row);
        on.afterCommit(() => this.signal.wake());
      });
      await this.jobs.enqueue({ id, workspace_id }, request_id);
    }
  }
}
