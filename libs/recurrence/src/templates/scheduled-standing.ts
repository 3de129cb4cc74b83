// Resumes and ends templates at the time that was set. A time that passes while no node runs is made up for.
import { Inject, Injectable } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import { Database, Periodically, type ConfigOf, type Executor } from '@mono/platform';
import { systemContext } from '../call-contexts.js';
import { GenerationJobs } from '../generation/generation-jobs.js';
import { lockTemplate, type TemplateRow } from '../persistence/templates.store.js';
import { recurrenceConfig } from '../recurrence.config.js';
import { endTemplate } from './end-template.js';
import { resumeTemplate } from './standing.js';

const BATCH = 200;
const REQUEST_ID = 'scheduled-standing';

interface Found {
  id: string;
  workspace_id: string;
}

@Injectable()
export class ScheduledStanding {
  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    private readonly jobs: GenerationJobs,
    @Inject(recurrenceConfig.KEY) private readonly config: ConfigOf<typeof recurrenceConfig>,
  ) {}

  /** A template that fails does not hold up the others. @returns the number of changed templates. @throws the first failure, after all. */
  @Periodically({
    every: ({ config }: ScheduledStanding) => config.RECURRENCE_RECONCILE_SECONDS * 1_000,
    atStart: true,
    failure: 'Failed to resume and end templates in time',
  })
  async applyDue(): Promise<number> {
    let changed = 0;
    // A node of the release before leaves `resumes_at` of an earlier pause.
    const found = await this.database.query<Found>(
      `SELECT id, workspace_id FROM recurrence.template
       WHERE resumes_at <= now() AND resumes_at > paused_at AND status = 'paused' AND deleted_at IS NULL
       UNION SELECT id, workspace_id FROM recurrence.template
       WHERE ends_at <= now() AND status <> 'ended' AND deleted_at IS NULL LIMIT ${BATCH}`,
    );
    const failures: unknown[] = [];
    for (const template of found) {
      try {
        if (!(await this.database.transaction((on) => this.apply(on, template)))) continue;
        changed += 1;
        await this.jobs.enqueue(template, REQUEST_ID);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return changed;
  }

  /** The lock and the check after it make it happen once among nodes. */
  private async apply(on: Executor, { id, workspace_id }: Found): Promise<boolean> {
    const row = await lockTemplate(on, id);
    if (!row || row.deleted_at !== null || row.status === 'ended') return false;
    const context = systemContext(workspace_id, REQUEST_ID);
    const nowMs = Date.now();
    if (isReached(row.ends_at, nowMs)) await endTemplate(on, context, row, { origin: 'system' });
    else if (isPausedUntil(row, nowMs)) {
      // Occurrences since then are not missed, however late this runs.
      const planFrom = row.resumes_at ?? new Date(nowMs).toISOString();
      await resumeTemplate(on, context, row, { missed: 'skip', planFrom }, 'system');
    } else return false;
    on.afterCommit(() => this.signal.wake());
    return true;
  }
}

function isReached(time: string | null, nowMs: number): boolean {
  return time !== null && Date.parse(time) <= nowMs;
}

function isPausedUntil({ status, resumes_at: resumesAt }: TemplateRow, nowMs: number): boolean {
  return status === 'paused' && isReached(resumesAt, nowMs);
}
