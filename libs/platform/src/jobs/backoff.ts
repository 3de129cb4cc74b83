const LONGEST_MS = 60 * 60 * 1_000;

/**
 * The pause before the next attempt of a job. It doubles, and half of it is random, so that jobs that failed together do not
 * run together again.
 * @param failed the number of failed attempts. @param chance a random number from 0 to 1.
 */
export function backoffMs(failed: number, firstMs: number, chance = Math.random()): number {
  const full = Math.min(firstMs * 2 ** (failed - 1), LONGEST_MS);
  return Math.round(full / 2 + (full / 2) * chance);
}
