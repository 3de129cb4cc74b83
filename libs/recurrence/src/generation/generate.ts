// One template's generation: plan, ask tasks, plan on, until its horizon is reached. Any number of nodes may do so at once.
import { Inject, Injectable } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import { Database, type ConfigOf, type Executor } from '@mono/platform';
import { templateEvents } from '../../contract/recurrence.events.js';
import type { TemplateProblem } from '../../contract/words.js';
import { RuleTooExpensiveError } from '../domain/budget.js';
import { endInName } from '../templates/end-template.js';
import { publishTemplateEvent } from '../persistence/publish-events.js';
import { lockTemplate, saveGenerated, saveProblem, type TemplateRow } from '../persistence/template-rows.js';
import { horizonsOf } from '../domain/template-state.js';
import { plan, type Planned } from './plan.js';
import { Settling } from './settle.js';
import { recurrenceConfig } from '../recurrence.config.js';
import { systemContext } from './system-context.js';

export interface GenerateOptions {
  requestId: string;
  /** Only as far as what is to be there at once. */
  soon?: boolean;
  signal?: AbortSignal;
}

type PlannedOf = Planned & { isStopped: false; row: TemplateRow };
/** Nothing is planned any more; what was planned before is settled all the same. */
interface StoppedOf {
  isStopped: true;
  row: TemplateRow;
}

type Asked = Required<Pick<GenerateOptions, 'soon' | 'requestId'>>;

@Injectable()
export class Generation {
  constructor(
    private readonly database: Database,
    private readonly settling: Settling,
    private readonly signal: OutboxSignal,
    @Inject(recurrenceConfig.KEY) private readonly config: ConfigOf<typeof recurrenceConfig>,
  ) {}

  /** @returns when it is to be looked at again; null: not before it changes. @throws UnavailableError without tasks. */
  async generate(templateId: string, { requestId, soon = false, signal }: GenerateOptions): Promise<Date | null> {
    for (let round = 0; round < this.config.RECURRENCE_BATCHES_PER_RUN; round += 1) {
      signal?.throwIfAborted();
      const planned = await this.planOrStop(templateId, { soon, requestId });
      if (!planned) return null;
      const { listGone } = await this.settling.settle(templateId, requestId, signal);
      if (listGone) {
        await this.endForGood(planned.row, requestId);
        continue;
      }
      if (planned.isStopped) return null;
      const { row, plannedRunAt } = planned;
      const next = soon ? new Date() : planned.nextRunAt;
      await saveGenerated(this.database, row, { plannedRunAt, nextRunAt: next });
      if (soon || next === null || next.getTime() > Date.now()) return next;
    }
    return new Date();
  }

  private async planOrStop(templateId: string, asked: Asked): Promise<PlannedOf | StoppedOf | undefined> {
    try {
      return await this.plan(templateId, asked);
    } catch (error) {
      if (!(error instanceof RuleTooExpensiveError)) throw error;
      // A rule from before there was a budget. It would fail at each attempt: its owner has to change it.
      return this.database.transaction(async (on) => {
        const row = await lockTemplate(on, templateId);
        if (!row) return undefined;
        return { isStopped: true, row: await this.note(on, row, 'rule_too_expensive', asked.requestId) };
      });
    }
  }

  private plan(templateId: string, { soon, requestId }: Asked): Promise<PlannedOf | undefined> {
    return this.database.transaction(async (on) => {
      const row = await lockTemplate(on, templateId);
      if (!row) return undefined;
      const { syncDays, generationDays } = horizonsOf(row);
      const days = soon ? syncDays : generationDays;
      const planned = await plan(on, row, { days, batch: this.config.RECURRENCE_BATCH });
      return { isStopped: false, row: await this.note(on, row, null, requestId), ...planned };
    });
  }

  /** Of a row that is locked: its owner sees the problem in the template and hears of it. */
  private async note(
    on: Executor,
    row: TemplateRow,
    problem: TemplateProblem | null,
    requestId: string,
  ): Promise<TemplateRow> {
    if (row.problem === null && problem === null) return row;
    const noted = await saveProblem(on, row, problem);
    if (noted.version === row.version) return noted;
    const changes = { problem: { from: row.problem, to: problem } };
    await publishTemplateEvent(
      on,
      systemContext(row.workspace_id, requestId),
      templateEvents.template_updated,
      noted,
      changes,
      'system',
    );
    on.afterCommit(() => this.signal.wake());
    return noted;
  }

  /** Its list is gone, and with it where its tasks would go. */
  private async endForGood({ id, workspace_id: workspaceId }: TemplateRow, requestId: string): Promise<void> {
    await this.database.transaction(async (on) => {
      const row = await lockTemplate(on, id);
      if (row && row.status !== 'ended') await endInName(on, systemContext(workspaceId, requestId), row, 'system');
      on.afterCommit(() => this.signal.wake());
    });
  }
}
