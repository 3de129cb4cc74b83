// What a feature sees of its jobs.

export interface Job<Payload> {
  name: string;
  payload: Payload;
  /** Of this job, UUIDv7; the same for every attempt. */
  id: string;
  /** From 1. What a killed process began counts as none. */
  attempt: number;
  /** Of the request that it goes back to. */
  requestId: string | undefined;
  /** Fires when the node stops and the job has had its time, or when another node has taken the job over: end soon. */
  signal: AbortSignal;
}

export interface JobQueueOptions<Payload> {
  /** Lower-case letters, digits, `-` and `_`; the same on all nodes, and once in an installation. */
  name: string;
  /** Whose queue it is, for dead letters. */
  module: string;
  /** Jobs that one node runs at once. */
  concurrency: number;
  /** Attempts at a job that fails for a passing reason. */
  attempts: number;
  /** Before the second attempt; doubles from one to the next up to an hour, half of it by chance. In milliseconds. */
  backoffMs: number;
  /** A job whose process has not been heard of for so long is given to another; in milliseconds. Default 30 s. */
  lockMs?: number;
  /** How often a job may lose its process before it is held to be the cause, and is a dead letter. Default 10. */
  maxLosses?: number;
  /**
   * May be called again for a job that has been handled, and at the same time by two processes, one of which has lost its
   * lock: what it does must be idempotent.
   * @throws anything: it is tried again, unless the error says that it would be in vain.
   */
  handle(job: Job<Payload>): Promise<void>;
  /** Errors beyond the known ones that another attempt does not mend. */
  isPermanent?(error: unknown): boolean;
}

export interface AddOptions {
  /**
   * While a job with the same key waits, nothing is added. While one runs, one more runs after it, with the payload added
   * last: it sees what the running one may have read too early. 1 to 255 characters.
   */
  deduplicateBy: string;
  /** Not before then, in milliseconds. */
  delayMs?: number;
  requestId?: string | undefined;
}

export interface NewJob<Payload> extends AddOptions {
  name: string;
  payload: Payload;
}

export interface JobCounts {
  waiting: number;
  /** Until a time, or after an attempt that failed. */
  delayed: number;
  active: number;
  /** On the way to the dead letters. */
  failed: number;
}

export interface JobQueue<Payload> {
  /** @throws InvalidInputError naming `name`, `payload` or `deduplicate_by`; UnavailableError while the jobs' server is away. */
  add(name: string, payload: Payload, options: AddOptions): Promise<void>;
  /** Any number. One that is refused keeps all from being added; when the server is lost in between, some may be. */
  addMany(jobs: readonly NewJob<Payload>[]): Promise<void>;
  /**
   * A job of this name every `intervalMs`, one among all nodes, the first one at once (where nodes call at the same moment, it may be
   * one for each). While one still runs, it is followed by one, not by many. The last call of all nodes decides about interval and payload.
   */
  every(name: string, intervalMs: number, payload: Payload): Promise<void>;
  counts(): Promise<JobCounts>;
}

/** How a feature comes to its queues. */
export abstract class JobQueues {
  /** To be called while the module is made; its jobs run from the application's start to its end. */
  abstract queue<Payload>(options: JobQueueOptions<Payload>): JobQueue<Payload>;
}
