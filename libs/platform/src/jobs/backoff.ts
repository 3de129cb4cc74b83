const LONGEST_MS = 60 * 60 * 1_000;

/**
 * How long a job waits before its next attempt: doubling, one half of it by chance, so that those that failed together do
 * not come back together.
 * @param failed attempts so far, from 1.
 * @param chance from 0 to 1.
 */
export function backoffMs(failed: number, firstMs: number, chance = Math.random()): number {
  const full = Math.min(firstMs * 2 ** (failed - 1), LONGEST_MS);
  return Math.round(full / 2 + (full / 2) * chance);
}
