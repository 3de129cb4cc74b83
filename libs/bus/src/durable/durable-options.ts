// Settings of a durable consumer, and how long it retries.

export interface DurableOptions<Event = unknown> {
  /** Its name among all consumers of the installation; letters, digits, `_` and `-`. */
  consumer: string;
  /** The module that the consumer belongs to. */
  module: string;
  /** Messages that a node handles at once. Default 16. */
  concurrency?: number;
  /**
   * Messages with the same key are handled one after the other, in the order of their delivery. A message that waits for a
   * retry does not delay the messages behind it: order by version, never by arrival. Without it, all are handled in parallel.
   */
  key?: (body: Event) => string;
  /**
   * Deliveries before a message is a dead letter, including deliveries that ended in a crash, without those that failed
   * because something was unavailable. Default: as many as fit into the bus's `retryForMs`.
   */
  attempts?: number;
  /** Time limit of one attempt, in milliseconds; the handler's signal then aborts. Default 30,000. */
  timeoutMs?: number;
  /** Time until a message is delivered again after a crash, in milliseconds. Default 30,000. */
  ackWaitMs?: number;
  /** The pause after the first failed attempt, in milliseconds; it doubles up to 5 minutes. Default 500. */
  backoffMs?: number;
  /**
   * Unsettled messages at once, including those that wait for a retry; beyond, no new message is delivered. Default 1,000, or
   * 64 times `concurrency`, up to 16,384.
   */
  maxPending?: number;
  /** Whether an error is permanent: its message is a dead letter at once. Default: no error is. */
  isFinal?: (error: unknown) => boolean;
}

export type DurableSettings = Required<Omit<DurableOptions, 'key' | 'isFinal'>> &
  Pick<DurableOptions, 'key' | 'isFinal'>;

const BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 5 * 60_000;
const MIN_PENDING = 1_000;
/** All of them may be in this process: more is pulled when something arrives, not when it is done. Waiting messages cost memory. */
const MAX_PENDING = 16_384;

export function durableSettings(options: DurableOptions, retryForMs: number): DurableSettings {
  const { concurrency = 16, backoffMs = BACKOFF_MS } = options;
  const maxPending = Math.max(MIN_PENDING, Math.min(concurrency * 64, MAX_PENDING));
  const attempts = attemptsWithin(retryForMs, backoffMs);
  return { concurrency, attempts, timeoutMs: 30_000, ackWaitMs: 30_000, backoffMs, maxPending, ...options };
}

/** Attempts that fit into this time: the pauses between them, without jitter, add up to no more. At least one. */
export function attemptsWithin(horizonMs: number, backoffMs: number): number {
  let attempts = 1;
  for (let waitedMs = 0; ; attempts += 1) {
    waitedMs += Math.min(backoffMs * 2 ** (attempts - 1), MAX_BACKOFF_MS);
    if (waitedMs > horizonMs) return attempts;
  }
}

/** The pause after this attempt, with jitter, in whole milliseconds: the server ignores a fraction. */
export function retryDelayMs(firstMs: number, attempt: number): number {
  return Math.round(Math.min(firstMs * 2 ** (attempt - 1), MAX_BACKOFF_MS) * (0.75 + Math.random() / 2));
}
