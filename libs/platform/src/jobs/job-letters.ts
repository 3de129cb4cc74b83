// The port for dead letters of jobs. The feature that stores dead letters implements it.
import type { DeadLetterInput } from '@mono/bus';

/** The header of a letter with the id of its job. */
export const JOB_ID_HEADER = 'Job-Id';

export interface JobLetter extends Omit<DeadLetterInput, 'source' | 'stream' | 'streamSeq'> {
  source: 'job';
  stream: null;
  streamSeq: null;
}

export interface RetriedJob {
  /** Identifies the queue. */
  retrySubject: string;
  /** The name of the job. */
  subject: string;
  /** The key of the letter. */
  key: string;
  payload: Uint8Array;
  headers: Readonly<Record<string, string>>;
  /** The same for the same retry of the same letter. */
  messageId: string;
}

export interface JobRetries {
  /** The queues of this node: a node without a queue cannot reach its jobs. */
  queues: () => readonly string[];
  /** Resolves when the queue has stored the job. */
  add: (job: RetriedJob) => Promise<void>;
  onError: (error: unknown) => void;
}

export interface JobLetters {
  /** Stores a letter once, however often it is called for one job. */
  store(letter: JobLetter): Promise<void>;
  /** Returns retried letters to their queues, between `start` and `stop`. */
  retriesOfJobs(retries: JobRetries): { start(): void; stop(): Promise<void> };
}
