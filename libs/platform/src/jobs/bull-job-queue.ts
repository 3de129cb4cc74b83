// A feature's queue on BullMQ: adds jobs and schedules.
import type { JobsOptions } from 'bullmq';
import { sealJob, type Envelope } from './envelope.js';
import type { AddOptions, JobCounts, JobQueue, JobQueueOptions, NewJob } from './job-queue.js';
import type { BullQueue, JobsBackend } from './jobs-backend.js';

/** Jobs per round trip. */
const BATCH = 500;
const TICK_ATTEMPTS = 10;
const TICK_BACKOFF_MS = 500;
/** A schedule counts as lost after so many missed intervals. */
const OVERDUE_INTERVALS = 2;
const OVERDUE_MS = 60_000;

/** A retried dead letter, which is never deduplicated with other jobs. */
export interface RetriedJob {
  name: string;
  /** The same for the same retry of the same letter. */
  id: string;
  letter: string;
  key: string;
  payload: unknown;
  requestId: string | undefined;
}

interface Schedule {
  intervalMs: number;
  envelope: Envelope;
}

export class BullJobQueue<Payload> implements JobQueue<Payload> {
  private readonly schedules = new Map<string, Schedule>();

  constructor(
    private readonly options: Pick<JobQueueOptions<Payload>, 'attempts' | 'backoffMs'>,
    private readonly backend: JobsBackend,
    /** Connects on first use. */
    private readonly connected: () => Promise<BullQueue>,
  ) {}

  async add(name: string, payload: Payload, options: AddOptions): Promise<void> {
    const job = { name, payload, ...options };
    const envelope = sealJob(job);
    await this.ask((queue) => queue.add(name, envelope, this.optionsOf(job)));
  }

  async addMany(jobs: readonly NewJob<Payload>[]): Promise<void> {
    const sealed = jobs.map((job) => ({ name: job.name, data: sealJob(job), opts: this.optionsOf(job) }));
    for (let from = 0; from < sealed.length; from += BATCH) {
      await this.ask((queue) => queue.addBulk(sealed.slice(from, from + BATCH)));
    }
  }

  async every(name: string, intervalMs: number, payload: Payload): Promise<void> {
    const envelope: Envelope = { ...sealJob({ name, payload, deduplicateBy: everyKey(name) }), tick: true };
    await this.schedule(name, { intervalMs, envelope });
    this.schedules.set(name, { intervalMs, envelope });
  }

  /** Restores schedules that the server has lost, such as after a restart without data. */
  async keepSchedules(): Promise<void> {
    for (const [name, schedule] of this.schedules) {
      const there = await this.ask((queue) => queue.getJobScheduler(name));
      const overdueMs = Date.now() - (there?.next ?? 0);
      if (overdueMs > OVERDUE_INTERVALS * schedule.intervalMs + OVERDUE_MS) await this.schedule(name, schedule);
    }
  }

  /** Runs on a tick. A run that exceeds the interval is followed by one run, not by several. */
  runNow(name: string, payload: Payload): Promise<void> {
    return this.add(name, payload, { deduplicateBy: everyKey(name) });
  }

  async retry({ name, id, letter, key, payload, requestId }: RetriedJob): Promise<void> {
    const envelope: Envelope = { id, key, payload, letter, ...(requestId === undefined ? {} : { requestId }) };
    await this.ask((queue) => queue.add(name, envelope, { ...this.attemptOptions(), jobId: id }));
  }

  async counts(): Promise<JobCounts> {
    const counts = await this.ask((queue) =>
      queue.getJobCounts('waiting', 'prioritized', 'delayed', 'active', 'failed'),
    );
    const { waiting = 0, prioritized = 0, delayed = 0, active = 0, failed = 0 } = counts;
    return { waiting: waiting + prioritized, delayed, active, failed };
  }

  private async schedule(name: string, { intervalMs, envelope }: Schedule): Promise<void> {
    const opts = {
      attempts: TICK_ATTEMPTS,
      backoff: { type: 'custom', delay: TICK_BACKOFF_MS },
      removeOnComplete: true,
      // The next tick comes anyway.
      removeOnFail: true,
    };
    await this.ask((queue) => queue.upsertJobScheduler(name, { every: intervalMs }, { name, data: envelope, opts }));
  }

  private optionsOf({ deduplicateBy, delayMs }: AddOptions): JobsOptions {
    return {
      ...this.attemptOptions(),
      deduplication: { id: deduplicateBy, keepLastIfActive: true },
      ...(delayMs === undefined ? {} : { delay: delayMs }),
    };
  }

  private attemptOptions(): JobsOptions {
    const { attempts, backoffMs: delay } = this.options;
    // A failed job stays until it is stored as a dead letter.
    return {
      attempts,
      backoff: { type: 'custom', delay },
      removeOnComplete: true,
      removeOnFail: false,
      stackTraceLimit: 1,
    };
  }

  private async ask<T>(what: (queue: BullQueue) => Promise<T>): Promise<T> {
    const queue = await this.connected();
    try {
      return await what(queue);
    } catch (error) {
      throw this.backend.translateError(error);
    }
  }
}

function everyKey(name: string): string {
  return `every ${name}`.slice(0, 255);
}
