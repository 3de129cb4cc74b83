// The queue of this module: a job per template that has tasks to make, and the reconciler, which finds those that nobody has
// queued: because their time has come, or because somebody died in between.
import type { JobQueue, JobQueues, TransactionalExecutor } from '@mono/platform';
import type { Generation } from '../generation/generate.js';
import { postpone } from '../persistence/template-rows.js';

export interface GenerationJob {
  template_id: string;
  workspace_id: string;
}

export interface GenerationJobsOptions {
  concurrency: number;
  /** How long a process that has died keeps its job. */
  lockMs: number;
  reconcileMs: number;
}

type Payload = GenerationJob | Record<string, never>;

const QUEUE = 'recurrence';
const GENERATE = 'generate';
const RECONCILE = 'reconcile';
/** With pauses that double: a quarter of an hour. */
/** More than an hour of pauses: the jobs' server may be there while the database is not. */
const ATTEMPTS = 15;
const BACKOFF_MS = 500;
/** Templates that one look finds at a time. */
const PAGE = 500;

export class GenerationJobs {
  private readonly queue: JobQueue<Payload>;

  constructor(
    jobs: JobQueues,
    private readonly database: TransactionalExecutor,
    private readonly generation: Generation,
    private readonly options: GenerationJobsOptions,
  ) {
    this.queue = jobs.queue<Payload>({
      name: QUEUE,
      module: 'recurrence',
      concurrency: options.concurrency,
      lockMs: options.lockMs,
      attempts: ATTEMPTS,
      backoffMs: BACKOFF_MS,
      handle: async ({ name, payload, id, signal, requestId }) => {
        if (name === RECONCILE) await this.reconcile(signal);
        else await this.generate(payload as GenerationJob, requestId ?? id, signal);
      },
    });
  }

  /** To be called once the application starts. */
  async start(): Promise<void> {
    await this.queue.every(RECONCILE, this.options.reconcileMs, {});
  }

  async enqueue({ id, workspace_id }: { id: string; workspace_id: string }, requestId?: string): Promise<void> {
    await this.queue.add(GENERATE, { template_id: id, workspace_id }, { deduplicateBy: id, requestId });
  }

  private async generate(job: GenerationJob, requestId: string, signal: AbortSignal): Promise<void> {
    // Should it fail for good, nobody queues it again at once.
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
