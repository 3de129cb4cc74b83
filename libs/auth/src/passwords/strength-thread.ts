// One thread for all estimates of a process. It starts with the first one, and ends a while after the last one.
import { Worker } from 'node:worker_threads';
import { UnavailableError } from '@mono/contract';
import type { StrengthAnswer, StrengthQuestion } from './strength-worker.js';

/** In the sources, and where they are compiled to. */
const FILE = new URL(import.meta.url.replace(/strength-thread(\.[jt]s)$/, 'strength-worker$1'));
/** A start takes some tenths of a second, on a busy machine seconds. */
const IDLE_MS = 10 * 60_000;
/** Some seconds of them. */
const WAITING = 256;

interface Asker {
  resolve: (answer: StrengthAnswer) => void;
  reject: (error: Error) => void;
}

export class StrengthThread {
  private worker: Worker | undefined;
  private idle: NodeJS.Timeout | undefined;
  private readonly askers = new Map<number, Asker>();
  private asked = 0;

  constructor(private readonly idleMs = IDLE_MS) {}

  get running(): boolean {
    return this.worker !== undefined;
  }

  /** @throws UnavailableError when too many wait, and when the thread ends. */
  async estimate(question: Omit<StrengthQuestion, 'id'>): Promise<StrengthAnswer> {
    if (this.askers.size >= WAITING) throw new UnavailableError('Too many passwords are set now: try again later.');
    clearTimeout(this.idle);
    const worker = (this.worker ??= this.start());
    const id = (this.asked += 1);
    try {
      return await new Promise((resolve, reject) => {
        this.askers.set(id, { resolve, reject });
        // Keeps the process alive for the answer.
        worker.ref();
        worker.postMessage({ id, ...question } satisfies StrengthQuestion, []);
      });
    } finally {
      this.askers.delete(id);
      if (this.askers.size === 0) this.rest();
    }
  }

  private start(): Worker {
    const worker = new Worker(FILE);
    worker.on('message', (answer: StrengthAnswer) => this.askers.get(answer.id)?.resolve(answer));
    worker.on('error', (cause) => this.fail(worker, cause));
    worker.on('exit', () => this.fail(worker));
    return worker;
  }

  /** The next estimate starts another thread. */
  private fail(worker: Worker, cause?: unknown): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    const error = new UnavailableError('The strength of a password cannot be checked at the moment.', { cause });
    for (const { reject } of this.askers.values()) reject(error);
  }

  private rest(): void {
    this.worker?.unref();
    this.idle = setTimeout(() => {
      const { worker } = this;
      this.worker = undefined;
      void worker?.terminate();
    }, this.idleMs).unref();
  }
}
