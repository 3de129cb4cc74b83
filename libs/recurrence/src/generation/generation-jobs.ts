// One job per template generates its tasks. The reconciler queues the templates that are due and that nobody has queued:
// because their time has come, or because a process died.
import { Inject, Injectable } from '@nestjs/common';
import {
  Database,
  InjectQueue,
  Processor,
  type ConfigOf,
  type Job,
  type JobProcessor,
  type JobQueue,
  type OnBusListening,
} from '@mono/platform';
import { postpone } from '../persistence/templates.store.js';
import { recurrenceConfig } from '../recurrence.config.js';
import { Generation } from './generate.js';

interface GenerationJob {
  template_id: string;
  workspace_id: string;
}

type Payload = GenerationJob | Record<string, never>;

export const GENERATION_QUEUE = 'recurrence';
const GENERATE = 'generate';
const RECONCILE = 'reconcile';
/** Templates per query of the reconciler. */
const PAGE = 500;

@Injectable()
@Processor(GENERATION_QUEUE)
export class GenerationJobs implements JobProcessor<Payload>, OnBusListening {
  constructor(
    private readonly database: Database,
    private readonly generation: Generation,
    @InjectQueue(GENERATION_QUEUE) private readonly queue: JobQueue<Payload>,
    @Inject(recurrenceConfig.KEY) private readonly config: ConfigOf<typeof recurrenceConfig>,
  ) {}

  async onBusListening(): Promise<void> {
    await this.queue.every(RECONCILE, this.config.RECURRENCE_RECONCILE_SECONDS * 1_000, {});
  }

  async process({ name, payload, id, signal, requestId }: Job<Payload>): Promise<void> {
    if (name === RECONCILE) await this.reconcile(signal);
    else await this.generate(payload as GenerationJob, requestId ?? id, signal);
  }

  async enqueue({ id, workspace_id }: { id: string; workspace_id: string }, requestId?: string): Promise<void> {
    await this.queue.add(GENERATE, { template_id: id, workspace_id }, { deduplicateBy: id, requestId });
  }

  private async generate(job: GenerationJob, requestId: string, signal: AbortSignal): Promise<void> {
    // A job that becomes a dead letter is not queued again at once.
    await postpone(this.database, job.template_id);
    const next = await this.generation.generate(job.template_id, { requestId, signal });
    if (next !== null && next.getTime() <= Date.now()) {
      await this.enqueue({ id: job.template_id, workspace_id: job.workspace_id }, requestId);
    }
  }

  private async reconcile(signal: AbortSignal): Promise<void> {
    for (let after = ''; !signal.aborted;) {
      const due = await this.database.query<{ id: string; workspace_id: string }>(
        `SELECT id, workspace_id FROM recurrence.template
         WHERE next_run_at <= now() AND ($1 = '' OR id > $1::uuid) ORDER BY id LIMIT ${PAGE}`,
        [after],
      );
      await this.queue.addMany(
        due.map(({ id, workspace_id }) => ({
          name: GENERATE,
          payload: { template_id: id, workspace_id },
          deduplicateBy: id,
        })),
      );
      const last = due.at(-1);
      if (!last || due.length < PAGE) return;
      after = last.id;
    }
  }
}
