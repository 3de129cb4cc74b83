// Runs the jobs of one queue on this node, and moves failed ones to the dead letters.
import { backoffMs } from './backoff.js';
import type { BullJobQueue } from './bull-job-queue.js';
import { moveFailedJobs } from './failed-jobs.js';
import type { JobLetters } from './job-letters.js';
import type { JobQueueOptions } from './job-queue.js';
import type { BullQueue, BullWorker, JobsBackend } from './jobs-backend.js';
import type { OccasionalLog } from './occasional-log.js';
import { jobRunner } from './run-job.js';

export interface QueueWorkerParts {
  options: JobQueueOptions<unknown>;
  queue: BullJobQueue<unknown>;
  bull: BullQueue;
  backend: JobsBackend;
  letters: JobLetters;
  troubles: OccasionalLog;
  observe: (error: Error | undefined, ms: number) => void;
}

const LOCK_MS = 30_000;
const MAX_LOSSES = 10;
/** Scans for jobs of lost processes per lock duration. */
const LOOKS_PER_LOCK = 3;
/** The time for an aborted job to end. */
const LAST_WORDS_MS = 1_000;
/** The pause between attempts to connect. */
const RECONNECT_MS = 1_000;

export class QueueWorker {
  private readonly worker: BullWorker;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private closing: Promise<void> | undefined;
  private moving: Promise<void> | undefined;
  private moveAgain = false;

  constructor(private readonly parts: QueueWorkerParts) {
    const { options, queue, backend, troubles, observe } = parts;
    const { lockMs = LOCK_MS, maxLosses = MAX_LOSSES } = options;
    const runNow = (name: string, payload: unknown): Promise<void> => queue.runNow(name, payload);
    this.worker = backend.makeWorker(
      options.name,
      jobRunner({ options, stopping: this.stopping.signal, runNow, observe }),
      {
        autorun: false,
        concurrency: options.concurrency,
        lockDuration: lockMs,
        stalledInterval: Math.ceil(lockMs / LOOKS_PER_LOCK),
        maxStalledCount: maxLosses,
        runRetryDelay: RECONNECT_MS,
        settings: {
          backoffStrategy: (failed, _type, _error, job) => backoffMs(failed, firstDelayOf(job?.opts.backoff)),
        },
      },
    );
    this.worker.on('error', (error) => troubles.report(error));
    this.worker.on('failed', (job) => {
      if (job?.finishedOn !== undefined) this.wakeMover();
    });
    // Another node has taken the job.
    this.worker.on('lockRenewalFailed', (ids) => {
      for (const id of ids) this.worker.cancelJob(id, 'The lock is lost.');
    });
  }

  start(): void {
    this.running = this.worker.run().catch((error: unknown) => this.parts.troubles.report(error));
  }

  /** @param withinMs the time for running jobs to end. */
  stopTaking(withinMs: number): void {
    this.closing ??= this.close(withinMs);
  }

  async stop(): Promise<void> {
    await this.closing;
    await this.moving;
  }

  /** One round at a time per node; other nodes may run theirs concurrently. */
  moveFailed(): Promise<void> {
    this.moveAgain = true;
    this.moving ??= this.moveRounds().finally(() => {
      this.moving = undefined;
    });
    return this.moving;
  }

  private wakeMover(): void {
    this.moveFailed().catch((error: unknown) => this.parts.troubles.report(error));
  }

  private async moveRounds(): Promise<void> {
    const { bull, options, letters } = this.parts;
    while (this.moveAgain) {
      this.moveAgain = false;
      await moveFailedJobs(bull, options.module, letters);
    }
  }

  private async close(withinMs: number): Promise<void> {
    const patience = setTimeout(() => this.stopping.abort(), Math.max(withinMs - LAST_WORDS_MS, 0));
    let given: NodeJS.Timeout | undefined;
    const limit = new Promise<'late'>((resolve) => {
      given = setTimeout(() => resolve('late'), withinMs);
    });
    const ended = this.worker.close().then(() => this.running);
    const outcome = await Promise.race([ended, limit]);
    clearTimeout(patience);
    clearTimeout(given);
    if (outcome !== 'late') return;
    ended.catch((error: unknown) => this.parts.troubles.report(error));
    // The result of a job that still runs is lost: its lock expires, and another node restarts it.
    await this.worker.getBackend().close(true);
  }
}

function firstDelayOf(backoff: number | { delay?: number } | undefined): number {
  return typeof backoff === 'object' ? (backoff.delay ?? 0) : (backoff ?? 0);
}
