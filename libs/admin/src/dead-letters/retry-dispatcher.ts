// Returns retried dead letters to their consumer or queue. Any node that can reach it does so; a crash between publishing and marking
// publishes again with the same message id. A retry that its stream has lost, as after a power cut, is published again.
import type { RetriedJob, TransactionalExecutor } from '@mono/platform';
import {
  dispatchAgain,
  markDispatched,
  pruneRows,
  rowsOnTheirWay,
  rowsToDispatch,
  type DeadLetterRow,
  type RetrySource,
} from './dead-letters.store.js';

/** Messages and jobs alike. */
export type RetryMessage = RetriedJob;

export interface RetryDispatcherOptions {
  /** Which letters it brings back. Default: messages. */
  source?: RetrySource;
  /** Resolves when it is kept by the bus, or by the queue. @returns its place in the stream; null where there is no stream. */
  publish: (message: RetryMessage) => Promise<number | null>;
  /** Whether the stream still has the retry of this letter at this place. */
  holds?: (key: string, place: number) => Promise<boolean>;
  onLost?: (letter: { id: string; key: string }) => void;
  /** How often lost retries are looked for, and how long a retry is on its way before it may be lost. Default one minute. */
  lostAfterMs?: number;
  onError: (error: unknown) => void;
  intervalMs?: number;
  /** How long resolved letters are kept. Default 90 days. */
  keepMs?: number;
}

const BATCH = 50;
const EMPTY = new Uint8Array(0);
const NINETY_DAYS_MS = 90 * 24 * 60 * 60 * 1_000;
const PRUNE_EVERY_MS = 60 * 60 * 1_000;

const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const DEFAULTS = {
  source: { name: 'message' } as RetrySource,
  intervalMs: 1_000,
  keepMs: NINETY_DAYS_MS,
  lostAfterMs: 60_000,
};

export class RetryDispatcher {
  private readonly options: RetryDispatcherOptions & typeof DEFAULTS;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopped = false;
  private prunedAt = 0;
  private lookedAt = 0;

  constructor(
    private readonly database: TransactionalExecutor,
    options: RetryDispatcherOptions,
  ) {
    this.options = { ...DEFAULTS, ...options };
  }

  start(): void {
    this.timer = setInterval(() => this.wake(), this.options.intervalMs);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  /** Begins a round at once, between `start` and `stop`. */
  wake(): void {
    if (!this.timer || this.stopped) return;
    this.running ??= this.round()
      .catch((error: unknown) => this.options.onError(error))
      .finally(() => {
        this.running = undefined;
      });
  }

  private async round(): Promise<void> {
    while (!this.stopped && (await this.dispatch()) === BATCH);
    await this.findLost();
    if (Date.now() - this.prunedAt < PRUNE_EVERY_MS) return;
    await pruneRows(this.database, this.options.keepMs);
    this.prunedAt = Date.now();
  }

  /** A consumer settles a letter before it acknowledges its retry: what is neither settled nor in the stream is lost. */
  private async findLost(): Promise<void> {
    const { holds, lostAfterMs, onLost } = this.options;
    if (!holds || Date.now() - this.lookedAt < lostAfterMs) return;
    this.lookedAt = Date.now();
    for (let after = FIRST_ID; !this.stopped;) {
      const letters = await rowsOnTheirWay(this.database, lostAfterMs, after, BATCH);
      for (const letter of letters) {
        if (await holds(letter.key, Number(letter.place))) continue;
        if (await dispatchAgain(this.database, letter)) onLost?.({ id: letter.id, key: letter.key });
      }
      const last = letters.at(-1);
      if (!last || letters.length < BATCH) return;
      after = last.id;
    }
  }

  /** @returns how many rows it has seen to. */
  private dispatch(): Promise<number> {
    return this.database.transaction(async (on) => {
      const rows = await rowsToDispatch(on, this.options.source, BATCH);
      if (rows.length === 0) return 0;
      const sent = await Promise.allSettled(rows.map((row) => this.options.publish(messageOf(row))));
      const done = rows.flatMap(({ id }, index) => {
        const outcome = sent[index];
        return outcome?.status === 'fulfilled' ? [{ id, place: outcome.value }] : [];
      });
      if (done.length > 0) await markDispatched(on, done);
      const failed = sent.find((outcome) => outcome.status === 'rejected');
      if (failed) this.options.onError(failed.reason);
      // Failed ones wait for the next round.
      return failed ? 0 : rows.length;
    });
  }
}

function messageOf({ id, key, subject, retry_subject, payload, headers, retries }: DeadLetterRow): RetryMessage {
  return {
    retrySubject: retry_subject ?? '',
    subject,
    key,
    payload: payload ?? EMPTY,
    headers,
    messageId: `${id}.${retries}`,
  };
}
