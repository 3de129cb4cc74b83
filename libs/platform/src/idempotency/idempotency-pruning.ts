// Prunes a module's idempotency keys now and then, beside the requests.
import type { Executor } from '../database/executor.js';
import { pruneIdempotency } from './prune-idempotency.js';

/** A key is honoured for its 24 hours, not kept for much longer. */
const INTERVAL_MS = 10 * 60 * 1_000;

export interface IdempotencyPruningOptions {
  schema: string;
  intervalMs?: number;
  /** The next round comes all the same. */
  onError: (error: unknown) => void;
}

export class IdempotencyPruning {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly on: Executor,
    private readonly options: IdempotencyPruningOptions,
  ) {}

  start(): void {
    if (!this.stopped) this.running = this.round();
  }

  /** Ends once the round that is under way has. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async round(): Promise<void> {
    const { schema, intervalMs = INTERVAL_MS, onError } = this.options;
    try {
      await pruneIdempotency(this.on, schema);
    } catch (error) {
      onError(error);
    }
    if (this.stopped) return;
    this.timer = setTimeout(() => this.start(), intervalMs);
    this.timer.unref();
  }
}
