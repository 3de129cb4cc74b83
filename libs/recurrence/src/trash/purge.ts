// Erases templates that leave the trash, once tasks knows that their future tasks are gone. The tasks that stay are no longer
// linked to a template.
import { Injectable } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import type { CallContext } from '@mono/contract';
import { Database, NodeInfo, Periodically, PRUNING_INTERVAL_MS, type Executor } from '@mono/platform';
import { templateEvents } from '../../contract/recurrence.events.js';
import { systemContext } from '../call-contexts.js';
import { publishTemplateEvent } from '../persistence/publish-events.js';
import { lockTemplate, updateTemplate, type TemplateRow } from '../persistence/templates.store.js';
import {
  eraseContent,
  eraseLedger,
  eraseTemplate,
  findExpired,
  findPurged,
  lockToErase,
} from '../persistence/trash.store.js';

/** Templates per run. */
const TEMPLATES = 500;
/** Rows of the ledger per transaction. */
const ROWS = 5_000;

@Injectable()
export class Purge {
  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    private readonly node: NodeInfo,
  ) {}

  /** @returns the number of erased templates. */
  @Periodically({ everyMs: PRUNING_INTERVAL_MS, atStart: true, failure: 'Failed to purge templates' })
  async run(): Promise<number> {
    for (const { id } of await findExpired(this.database, this.node.trashDays, TEMPLATES)) await this.expire(id);
    let erased = 0;
    for (const { id } of await findPurged(this.database, TEMPLATES)) erased += (await this.eraseNow(id)) ? 1 : 0;
    return erased;
  }

  /** On a locked row in the trash. */
  async markPurged(on: Executor, context: CallContext, row: TemplateRow): Promise<void> {
    const marks = { before_deletion: null, before_list_deletion: null, purge: true };
    const purged = await updateTemplate(on, row, row, { replan: 'as planned', marks });
    const origin = context.principal.kind === 'system' ? 'system' : 'user';
    await publishTemplateEvent(on, context, templateEvents.template_purged, purged, {}, origin);
    on.afterCommit(() => this.signal.wake());
  }

  /** @returns false unless tasks knows everything that was planned: another run erases it. */
  async eraseNow(id: string): Promise<boolean> {
    for (;;) {
      const step = await this.database.transaction((on) => eraseSome(on, id));
      if (step !== 'erased some') return step === 'erased';
    }
  }

  private async expire(id: string): Promise<void> {
    await this.database.transaction(async (on) => {
      const row = await lockTemplate(on, id);
      const leastMs = this.node.trashDays * 24 * 60 * 60 * 1_000;
      const isExpired = row && row.deleted_at !== null && !row.purge;
      // It may have been restored, and deleted again.
      if (!isExpired || Date.parse(row.deleted_at ?? '') > Date.now() - leastMs) return;
      await this.markPurged(on, systemContext(row.workspace_id, 'purge'), row);
    });
  }
}

async function eraseSome(on: Executor, id: string): Promise<'erased' | 'erased some' | 'not yet'> {
  const { templates, series_id } = await lockToErase(on, id);
  if (templates === 0) return 'not yet';
  if (templates > 1) await eraseContent(on, { series_id, id });
  else if ((await eraseLedger(on, series_id, ROWS)) === ROWS) return 'erased some';
  await eraseTemplate(on, id);
  return 'erased';
}
