// Templates follow their workspace: they move with its zone and are erased with it.
import { Controller } from '@nestjs/common';
import {
  authEvents,
  erasingEvents,
  workspacesErasedBy,
  type ErasingEvent,
  type WorkspaceEvent,
} from '@mono/auth/contract';
import { OutboxSignal } from '@mono/bus/outbox';
import type { CallContext } from '@mono/contract';
import { Database, OnEvent } from '@mono/platform';
import { templateEvents } from '../../contract/recurrence.events.js';
import { contextOfEvent } from '../call-contexts.js';
import { laterOf } from '../domain/later-of.js';
import { GenerationJobs } from '../generation/generation-jobs.js';
import { memberships } from '../members/members.js';
import { publishTemplateEvent } from '../persistence/publish-events.js';
import { lockTemplate, updateTemplate } from '../persistence/templates.store.js';
import { References } from './references.js';

@Controller()
export class TemplatesConsumer {
  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    private readonly references: References,
    private readonly jobs: GenerationJobs,
  ) {}

  @OnEvent(authEvents.workspace_updated, { consumer: 'recurrence-workspaces', module: 'recurrence', concurrency: 1 })
  async followZone(event: WorkspaceEvent): Promise<void> {
    if (!event.changes['timezone']) return;
    const { workspace_id: workspaceId, request_id: requestId } = event;
    // The event may be late: the current zone counts, and is read again afterwards because it may change meanwhile.
    const current = (): Promise<string> => this.references.zoneOfWorkspace(workspaceId, requestId);
    for (let zone = '', next = await current(); zone !== next; next = await current()) {
      zone = next;
      await this.moveToZone(contextOfEvent(event), zone);
    }
  }

  @OnEvent(erasingEvents, {
    consumer: ({ name }) => (name === 'workspace_deleted' ? 'recurrence-workspaces-deleted' : 'recurrence-accounts'),
    module: 'recurrence',
    concurrency: 1,
  })
  async erase(event: ErasingEvent): Promise<void> {
    for (const id of workspacesErasedBy(event)) await this.eraseWorkspace(id);
  }

  /** The tasks module erases the tasks of the workspace. */
  private async eraseWorkspace(workspaceId: string): Promise<void> {
    await this.database.transaction(async (on) => {
      // Templates first, as every transaction locks them first: no occurrence can be planned afterwards.
      await on.query('DELETE FROM recurrence.template WHERE workspace_id = $1', [workspaceId]);
      await on.query('DELETE FROM recurrence.occurrence WHERE workspace_id = $1', [workspaceId]);
      await on.query('DELETE FROM recurrence.list WHERE workspace_id = $1', [workspaceId]);
      await memberships.erase(on, workspaceId);
    });
  }

  /** Moves the templates of the workspace whose rule names no zone. */
  private async moveToZone(context: CallContext, zone: string): Promise<void> {
    const { workspaceId: workspace_id } = context.principal;
    const found = await this.database.query<{ id: string }>(
      `SELECT id FROM recurrence.template
       WHERE workspace_id = $1 AND status <> 'ended' AND rule->>'timezone' IS NULL AND zone <> $2`,
      [workspace_id, zone],
    );
    for (const { id } of found) {
      await this.database.transaction(async (on) => {
        const row = await lockTemplate(on, id);
        if (!row || row.status === 'ended' || row.zone === zone) return;
        const state = { ...row, zone, plan_from: laterOf(row.plan_from, new Date().toISOString()) };
        const moved = await updateTemplate(on, row, state, { replan: 'from its start' });
        await publishTemplateEvent(
          on,
          context,
          templateEvents.template_updated,
          moved,
          { zone: { from: row.zone, to: zone } },
          'system',
        );
        on.afterCommit(() => this.signal.wake());
      });
      await this.jobs.enqueue({ id, workspace_id }, context.requestId);
    }
  }
}
