// The queues of the node's modules, from the start of the application to its end. A node without queues connects to nothing.
import { Periodic } from '../host/periodic.js';
import { LogContext } from '../logging/log-context.js';
import type { Logger } from '../logging/logger.js';
import type { Metrics } from '../metrics/metrics.js';
import { BullJobQueue } from './bull-job-queue.js';
import { DEDUPLICATED_BY, queueOfRetry, REQUEST_ID } from './failed-jobs.js';
import type { JobLetters, RetriedJob } from './job-letters.js';
import type { Job, JobQueue, JobQueueOptions, JobQueues } from './job-queue.js';
import type { BullQueue, JobsBackend } from './jobs-backend.js';
import { OccasionalLog } from './occasional-log.js';
import { QueueWorker } from './queue-worker.js';
import { watchQueue } from './watch-queue.js';

export interface JobsOptions {
  backend: JobsBackend;
  /** The dead letters. */
  letters: JobLetters;
  logger: Logger;
  metrics: Metrics;
  /** The time for running jobs to end when the node stops, in milliseconds. */
  stopMs: number;
  /** The interval between scans for failed jobs and lost schedules in milliseconds. Default: 15 s. */
  lookingAfterMs?: number;
}

interface Registered {
  options: JobQueueOptions<unknown>;
  queue: BullJobQueue<unknown>;
  bull: BullQueue | undefined;
  worker: QueueWorker | undefined;
}

const NAME = /^[a-z][a-z0-9_-]{0,62}$/;
const LOOKING_AFTER_MS = 15_000;

export class Jobs implements JobQueues {
  private readonly registered = new Map<string, Registered>();
  private readonly context: LogContext;
  private readonly troubles: OccasionalLog;
  private readonly retries: ReturnType<JobLetters['retriesOfJobs']>;
  private readonly lookingAfter: Periodic;
  private opening: Promise<void> | undefined;
  private stopping: Promise<void> | undefined;
  private started = false;

  constructor(private readonly options: JobsOptions) {
    const { letters, logger, lookingAfterMs = LOOKING_AFTER_MS } = options;
    this.context = new LogContext(logger);
    this.troubles = new OccasionalLog({ log: (facts) => logger.warn(facts, 'Job infrastructure failed') });
    const onError = (error: unknown): void => this.troubles.report(error);
    this.retries = letters.retriesOfJobs({
      queues: () => [...this.registered.keys()],
      add: (job) => this.retry(job),
      onError,
    });
    this.lookingAfter = new Periodic(() => this.lookAfterAll(), { intervalMs: lookingAfterMs, atOnce: true, onError });
  }

  queue<Payload>(given: JobQueueOptions<Payload>): JobQueue<Payload> {
    const handle = (job: Job<Payload>): Promise<void> => this.context.run(job.requestId, () => given.handle(job));
    const options = { ...given, handle };
    const { name } = options;
    if (!NAME.test(name))
      throw new Error(`Invalid queue name "${name}": expected lower-case letters, digits, "-" and "_".`);
    if (this.registered.has(name)) throw new Error(`Invariant violated: two queues have the name "${name}".`);
    if (this.opening) throw new Error(`Invariant violated: the queue "${name}" was added after the start of the jobs.`);
    const queue = new BullJobQueue<Payload>(options, this.options.backend, () => this.connected(name));
    this.registered.set(name, {
      options,
      queue,
      bull: undefined,
      worker: undefined,
    });
    watchQueue(this.options.metrics, name, queue);
    return queue;
  }

  get hasQueues(): boolean {
    return this.registered.size > 0;
  }

  /** The maximum number of connections to PostgreSQL. */
  get connections(): number {
    return this.options.backend.connectionsFor(this.registered.size);
  }

  /** @throws StartUpError */
  async start(): Promise<void> {
    if (!this.hasQueues) return;
    await this.open();
    this.started = true;
    for (const entry of this.registered.values()) {
      const { options, queue, bull } = entry;
      if (!bull) continue;
      entry.worker = new QueueWorker({
        options,
        queue,
        bull,
        backend: this.options.backend,
        letters: this.options.letters,
        troubles: this.troubles,
        observe: this.options.metrics.jobObserver(options.name),
      });
      entry.worker.start();
    }
    this.retries.start();
    this.lookingAfter.start();
  }

  /** Stops taking jobs. */
  stopTaking(): void {
    for (const { worker } of this.registered.values()) worker?.stopTaking(this.options.stopMs);
  }

  /** Running jobs have a limited time to end. Another node restarts the others. */
  stop(): Promise<void> {
    this.stopping ??= this.stopAll();
    return this.stopping;
  }

  /** Whether the server of the jobs answers; true without queues. */
  async isUp(): Promise<boolean> {
    return !this.started || this.options.backend.isUp();
  }

  private async stopAll(): Promise<void> {
    this.stopTaking();
    const entries = [...this.registered.values()];
    await Promise.all([this.retries.stop(), this.lookingAfter.stop()]);
    await Promise.all(entries.map(async ({ worker }) => worker?.stop()));
    await this.opening?.catch(() => {});
    await Promise.all(entries.map(async ({ bull }) => bull?.close()));
    await this.options.backend.close();
  }

  private open(): Promise<void> {
    this.opening ??= this.openAll().catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    return this.opening;
  }

  private async openAll(): Promise<void> {
    const { backend } = this.options;
    await backend.open(this.registered.size);
    for (const [name, entry] of this.registered) {
      entry.bull = backend.makeQueue(name);
      entry.bull.on('error', (error) => this.troubles.report(error));
      await entry.bull.waitUntilReady();
    }
  }

  private async connected(name: string): Promise<BullQueue> {
    await this.open();
    const bull = this.registered.get(name)?.bull;
    if (!bull) throw new Error(`Invariant violated: there is no queue "${name}".`);
    return bull;
  }

  private async lookAfterAll(): Promise<void> {
    for (const { queue, worker } of this.registered.values()) {
      await worker?.moveFailed();
      await queue.keepSchedules();
    }
  }

  private async retry({ retrySubject, subject, key, payload, headers, messageId }: RetriedJob): Promise<void> {
    const entry = this.registered.get(queueOfRetry(retrySubject));
    if (!entry) throw new Error('This node has no such queue.');
    await entry.queue.retry({
      name: subject,
      id: messageId,
      letter: key,
      key: headers[DEDUPLICATED_BY] ?? '',
      payload: JSON.parse(Buffer.from(payload).toString('utf8')) as unknown,
      requestId: headers[REQUEST_ID],
    });
  }
}
