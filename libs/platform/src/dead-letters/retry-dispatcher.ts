// Brings dead letters that somebody has tried again back to their consumer or queue. Any node that reaches it does so; a
// crash between publishing and marking publishes again with the same message id.
import type { TransactionalExecutor } from '../database/executor.js';
import { markDispatched, pruneRows, rowsToDispatch, type DeadLetterRow, type RetrySource } from './dead-letter-rows.js';

export interface RetryMessage {
  /** Where its consumer alone hears it. */
  retrySubject: string;
  /** Where it came from. */
  subject: string;
  key: string;
  payload: Uint8Array;
  headers: Readonly<Record<string, string>>;
  /** The same for the same retry of the same letter. */
  messageId: string;
}

export interface RetryDispatcherOptions {
  /** Which letters it brings back. Default: messages. */
  source?: RetrySource;
  /** Resolves when it is kept by the bus, or by the queue. */
  publish: (message: RetryMessage) => Promise<void>;
  onError: (error: unknown) => void;
  intervalMs?: number;
  /** How long resolved letters are kept. Default 90 days. */
  keepMs?: number;
}

const BATCH = 50;
const EMPTY = new Uint8Array(0);
const NINETY_DAYS_MS = 90 * 24 * 60 * 60 * 1_000;
const PRUNE_EVERY_MS = 60 * 60 * 1_000;

export class RetryDispatcher {
  private readonly options: Required<RetryDispatcherOptions>;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopped = false;
  private prunedAt = 0;

  constructor(
    private readonly database: TransactionalExecutor,
    options: RetryDispatcherOptions,
  ) {
    this.options = { source: { name: 'message' }, intervalMs: 1_000, keepMs: NINETY_DAYS_MS, ...options };
  }

  start(): void {
    this.timer = setInterval(() => this.wake(), this.options.intervalMs);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  wake(): void {
    if (this.stopped) return;
    this.running ??= this.round()
      .catch((error: unknown) => this.options.onError(error))
      .finally(() => {
        this.running = undefined;
      });
  }

  private async round(): Promise<void> {
    while (!this.stopped && (await this.dispatch()) === BATCH);
    if (Date.now() - this.prunedAt < PRUNE_EVERY_MS) return;
    await pruneRows(this.database, this.options.keepMs);
    this.prunedAt = Date.now();
  }

  /** @returns how many rows it has seen to. */
  private dispatch(): Promise<number> {
    return this.database.transaction(async (on) => {
      const rows = await rowsToDispatch(on, this.options.source, BATCH);
      if (rows.length === 0) return 0;
      const sent = await Promise.allSettled(rows.map((row) => this.options.publish(messageOf(row))));
      const done = rows.filter((_row, index) => sent[index]?.status === 'fulfilled').map(({ id }) => id);
      if (done.length > 0) await markDispatched(on, done);
      const failed = sent.find((outcome) => outcome.status === 'rejected');
      if (failed) this.options.onError(failed.reason);
      // What failed waits for the next round.
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
