import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_GROWTH = 1.1;
const MAX_PAUSE_MS = 100;

/** Calls `probe` until it returns something true. @throws after `limitMs`, with `what` and the last error as the cause. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  { limitMs = 300_000, pauseMs = 25 }: { limitMs?: number; pauseMs?: number } = {},
): Promise<T> {
  const end = Date.now() + limitMs;
  let pause = pauseMs;
  let cause: unknown;
  do {
    try {
      const found = await probe();
      if (found) return found;
    } catch (error) {
      cause = error;
    }
    await delay(pause);
    pause = Math.min(pause * PAUSE_GROWTH, Math.max(pauseMs, MAX_PAUSE_MS));
  } while (Date.now() < end);
  throw new Error(`Not within ${limitMs} ms: ${what}`, { cause });
}
