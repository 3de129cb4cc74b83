// Waits for a condition, never for a time.
import { setTimeout as delay } from 'node:timers/promises';

/** Asks `probe` until it gives something true. @throws after `limitMs`, naming `what`, with the last error as its cause. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  { limitMs = 30_000, pauseMs = 25 }: { limitMs?: number; pauseMs?: number } = {},
): Promise<T> {
  const end = Date.now() + limitMs;
  let cause: unknown;
  do {
    try {
      const found = await probe();
      if (found) return found;
    } catch (error) {
      cause = error;
    }
    await delay(pauseMs);
  } while (Date.now() < end);
  throw new Error(`Not within ${limitMs} ms: ${what}`, { cause });
}
