// Where jobs lie: BullMQ's classes, bound to one of its servers.
import type { Job, Processor, Queue, Worker, WorkerOptions } from 'bullmq';
import type { Envelope } from './envelope.js';

export type BullJob = Job<Envelope, void>;
export type BullQueue = Queue<Envelope, void>;
export type BullWorker = Worker<Envelope, void>;
export type BullProcessor = Processor<Envelope, void>;
export type WorkerSettings = Omit<WorkerOptions, 'connection' | 'prefix'>;

export interface JobsBackend {
  /**
   * Connects and makes ready, with connections for so many queues.
   * @throws StartUpError when the server cannot be used.
   */
  open(queues: number): Promise<void>;
  /** To PostgreSQL, for so many queues. */
  connectionsFor(queues: number): number;
  makeQueue(name: string): BullQueue;
  makeWorker(name: string, process: BullProcessor, settings: WorkerSettings): BullWorker;
  /** Answers within a bound. */
  isUp(): Promise<boolean>;
  /** Turns errors of a lost server into UnavailableError. */
  translateError(error: unknown): unknown;
  /** After its queues and workers are closed. */
  close(): Promise<void>;
}
