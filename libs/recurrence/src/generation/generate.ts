// Generates the tasks of a template: plans occurrences and brings tasks in line, batch by batch, until the horizon is reached.
// Any number of nodes may do so at once.
import { Inject, Injectable } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import { Database, type ConfigOf, type Executor } from '@mono/platform';
import { PinoLogger } from 'nestjs-pino';
import { templateEvents } from '../../contract/recurrence.events.js';
import type { TemplateProblem } from '../../contract/template-constants.js';
import { RuleTooExpensiveError } from '../domain/budget.js';
import { horizonsOf } from '../domain/template-state.js';
import { holdRestoredList } from '../persistence/lists.store.js';
import { publishTemplateEvent } from '../persistence/publish-events.js';
import { lockTemplate, saveGenerated, saveProblem, type TemplateRow } from '../persistence/templates.store.js';
import { recurrenceConfig } from '../recurrence.config.js';
import { endTemplate } from '../templates/end-template.js';
import { plan, type Plan } from './plan.js';
import { withdrawOutOfSync } from './replan.js';
import { systemContext } from '../call-contexts.js';
import { TaskSync } from './task-sync.js';

/** Requests do not wait longer for tasks. */
const AT_ONCE_TIMEOUT_MS = 10_000;
/** When to ask tasks again that said that a restored list is deleted. */
const RESTORED_RETRY_MS = 1_000;

export interface GenerateOptions {
  requestId: string;
  /** `sync`: the tasks that a request waits for. Default: all that a job generates. */
  horizon?: 'sync' | 'generation';
  signal?: AbortSignal;
}

type Options = Required<Pick<GenerateOptions, 'horizon' | 'requestId'>>;

/** `plan` is undefined when the rule has become too expensive to plan; what was planned before is generated all the same. */
interface Planned {
  row: TemplateRow;
  plan: Plan | undefined;
}

@Injectable()
export class Generation {
  constructor(
    private readonly database: Database,
    private readonly sync: TaskSync,
    private readonly signal: OutboxSignal,
    @Inject(recurrenceConfig.KEY) private readonly config: ConfigOf<typeof recurrenceConfig>,
    @Inject(PinoLogger) private readonly logger: Pick<PinoLogger, 'warn'>,
  ) {}

  /** Generates the tasks that a request waits for. A job generates them when that fails. */
  async generateAtOnce(templateId: string, requestId: string): Promise<void> {
    try {
      const signal = AbortSignal.timeout(AT_ONCE_TIMEOUT_MS);
      await this.generate(templateId, { requestId, horizon: 'sync', signal });
    } catch (error) {
      this.logger.warn({ err: error, template_id: templateId }, 'Failed to generate tasks at once');
    }
  }

  /** @returns when to run again; null: not until the template changes. @throws UnavailableError when tasks is unavailable. */
  async generate(
    templateId: string,
    { requestId, horizon = 'generation', signal }: GenerateOptions,
  ): Promise<Date | null> {
    // Longer catch-ups continue in another run, so that other templates have their turn.
    for (let batch = 0; batch < this.config.RECURRENCE_BATCHES_PER_RUN; batch += 1) {
      signal?.throwIfAborted();
      const planned = await this.planOrStop(templateId, { horizon, requestId });
      if (!planned) return null;
      const { listDeleted } = await this.sync.sync(templateId, requestId, signal);
      if (listDeleted) {
        if (await this.endWithList(planned.row, requestId)) continue;
        return new Date(Date.now() + RESTORED_RETRY_MS);
      }
      if (!planned.plan) return null;
      const { plannedRunAt, nextRunAt } = planned.plan;
      const next = horizon === 'sync' ? new Date() : nextRunAt;
      await saveGenerated(this.database, planned.row, { plannedRunAt, nextRunAt: next });
      if (horizon === 'sync' || next === null || next.getTime() > Date.now()) return next;
    }
    return new Date();
  }

  private async planOrStop(templateId: string, options: Options): Promise<Planned | undefined> {
    try {
      return await this.plan(templateId, options);
    } catch (error) {
      if (!(error instanceof RuleTooExpensiveError)) throw error;
      // The rule is older than the budget. Every attempt would fail: the user has to change it.
      return this.database.transaction(async (on) => {
        const row = await lockTemplate(on, templateId);
        if (!row) return undefined;
        return { row: await this.setProblem(on, row, 'rule_too_expensive', options.requestId), plan: undefined };
      });
    }
  }

  private plan(templateId: string, { horizon, requestId }: Options): Promise<Planned | undefined> {
    return this.database.transaction(async (on) => {
      const row = await lockTemplate(on, templateId);
      if (!row) return undefined;
      const { syncDays, generationDays } = horizonsOf(row);
      const days = horizon === 'sync' ? syncDays : generationDays;
      const planned = await plan(on, row, { days, batch: this.config.RECURRENCE_BATCH });
      return { row: await this.setProblem(on, row, null, requestId), plan: planned };
    });
  }

  /** On a locked row. */
  private async setProblem(
    on: Executor,
    row: TemplateRow,
    problem: TemplateProblem | null,
    requestId: string,
  ): Promise<TemplateRow> {
    if (row.problem === null && problem === null) return row;
    const saved = await saveProblem(on, row, problem);
    if (saved.version === row.version) return saved;
    const changes = { problem: { from: row.problem, to: problem } };
    const author = systemContext(row.workspace_id, requestId);
    await publishTemplateEvent(on, author, templateEvents.template_updated, saved, changes, 'system');
    on.afterCommit(() => this.signal.wake());
    return saved;
  }

  /** @returns false if the list was restored since tasks replied, or deleted once more: an event follows. */
  private async endWithList({ id, workspace_id: workspaceId }: TemplateRow, requestId: string): Promise<boolean> {
    return this.database.transaction(async (on) => {
      const row = await lockTemplate(on, id);
      if (!row) return true;
      if (await holdRestoredList(on, workspaceId, row.list_id)) return false;
      if (row.status === 'ended') {
        await withdrawOutOfSync(on, row);
        return true;
      }
      await endTemplate(on, systemContext(workspaceId, requestId), row, { origin: 'system', withList: true });
      on.afterCommit(() => this.signal.wake());
      return true;
    });
  }
}
