// When a failed delivery is sent again, and when a webhook rests.

const SECOND_MS = 1_000;
const FIRST_MS = 5 * SECOND_MS;
const LONGEST_MS = 3 * 60 * 60 * SECOND_MS;
const LONGEST_PAUSE_MS = 5 * 60 * SECOND_MS;
/** A receiver's `Retry-After` counts up to here. */
const MAX_RETRY_AFTER_MS = 60 * 60 * SECOND_MS;

/** Failures in a row after which one delivery at a time tries whether the receiver is back. */
export const FAILURES_TO_PAUSE = 3;

/**
 * The pause after an attempt: doubling, one half of it by chance.
 * @param attempts so far, from 1. @param chance from 0 to 1.
 */
export function retryDelayMs(attempts: number, retryAfterMs: number | undefined, chance = Math.random()): number {
  const full = Math.min(FIRST_MS * 2 ** (attempts - 1), LONGEST_MS);
  return Math.round(Math.max(full / 2 + (full / 2) * chance, boundedRetryAfter(retryAfterMs)));
}

/** How long a webhook rests after so many failures in a row; 0: not at all. */
export function pauseMs(failures: number, retryAfterMs: number | undefined, chance = Math.random()): number {
  const asked = boundedRetryAfter(retryAfterMs);
  if (failures < FAILURES_TO_PAUSE) return asked;
  const full = Math.min(SECOND_MS * 2 ** (failures - FAILURES_TO_PAUSE), LONGEST_PAUSE_MS);
  return Math.round(Math.max(full / 2 + (full / 2) * chance, asked));
}

function boundedRetryAfter(ms: number | undefined): number {
  return Math.min(ms ?? 0, MAX_RETRY_AFTER_MS);
}

/** Success, a fault of the delivery, or of the receiver as a whole. */
export type Verdict = 'delivered' | 'gone' | 'refused' | 'unavailable';

/** @param status of the answer; undefined: no answer came. */
export function verdictOf(status: number | undefined): Verdict {
  if (status === undefined || status === 408 || status === 429 || status >= 500) return 'unavailable';
  if (status >= 200 && status < 300) return 'delivered';
  return status === 410 ? 'gone' : 'refused';
}
