// The interface of jobs for features.

export interface Job<Payload> {
  name: string;
  payload: Payload;
  /** UUIDv7, the same for every attempt of a job. */
  id: string;
  /** Starts at 1. Attempts of killed processes do not count. */
  attempt: number;
  /** The id of the request that caused the job. */
  requestId: string | undefined;
  /** Aborts when the job has exceeded its time on a stopping node, or when another node has taken it over. */
  signal: AbortSignal;
}

export interface JobQueueOptions<Payload> {
  /** Lower-case letters, digits, `-` and `_`. The same on all nodes, and unique in an installation. */
  name: string;
  /** The owner of the queue, for dead letters. */
  module: string;
  /** Concurrent jobs per node. */
  concurrency: number;
  /** Attempts of a job with transient failures. */
  attempts: number;
  /** The pause before the second attempt in milliseconds. It doubles up to an hour; half of it is random. */
  backoffMs: number;
  /** The time without a sign of the process after which another one takes the job, in milliseconds. Default: 30 s. */
  lockMs?: number;
  /** The number of lost processes after which a job becomes a dead letter. Default: 10. */
  maxLosses?: number;
  /**
   * Must be idempotent: it may be called again for a handled job, and concurrently by a process that has lost its lock.
   * @throws any error; the job is retried unless the error is permanent.
   */
  handle(job: Job<Payload>): Promise<void>;
  /** Whether an unknown error is permanent. */
  isPermanent?(error: unknown): boolean;
}

export interface AddOptions {
  /**
   * While a job with the same key waits, nothing is added. While one runs, one more runs after it with the last payload, since
   * the running one may have read older data. 1 to 255 characters.
   */
  deduplicateBy: string;
  /** The delay before the first attempt in milliseconds. */
  delayMs?: number;
  requestId?: string | undefined;
}

export interface NewJob<Payload> extends AddOptions {
  name: string;
  payload: Payload;
}

export interface JobCounts {
  waiting: number;
  /** Waiting for a time, or for the next attempt. */
  delayed: number;
  active: number;
  /** Failed, but not yet stored as a dead letter. */
  failed: number;
}

export interface JobQueue<Payload> {
  /**
   * @throws InvalidInputError naming `name`, `payload` or `deduplicate_by`; UnavailableError while the server of the jobs is
   * unavailable.
   */
  add(name: string, payload: Payload, options: AddOptions): Promise<void>;
  /** Adds any number of jobs. An invalid one rejects all; if the server is lost in between, some may be added. */
  addMany(jobs: readonly NewJob<Payload>[]): Promise<void>;
  /**
   * Runs a job of this name every `intervalMs` on one of the nodes, the first one at once (concurrent calls of several nodes
   * may run it once each). A run that exceeds the interval is followed by one run, not by several. The last call of any node
   * determines interval and payload.
   */
  every(name: string, intervalMs: number, payload: Payload): Promise<void>;
  counts(): Promise<JobCounts>;
}

/** Creates the queues of features. */
export abstract class JobQueues {
  /** Call it while the module is constructed. The jobs run from the start of the application to its end. */
  abstract queue<Payload>(options: JobQueueOptions<Payload>): JobQueue<Payload>;
}
