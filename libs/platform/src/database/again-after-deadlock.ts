// Where two wait for each other, PostgreSQL ends one, which may do its work again from the beginning.
import { setTimeout } from 'node:timers/promises';

const DEADLOCK_DETECTED = '40P01';

export interface DeadlockPatience {
  attempts: number;
  /** After the first failure; longer after each, and never the same for two, which would meet again. */
  pauseMs: number;
}

/** @param work may run several times: a transaction, or a statement outside of one. @throws what the last attempt throws. */
export async function againAfterDeadlock<T>(
  work: () => Promise<T>,
  { attempts, pauseMs }: DeadlockPatience,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if ((error as { code?: unknown }).code !== DEADLOCK_DETECTED || attempt === attempts) throw error;
      await setTimeout(Math.random() * pauseMs * attempt);
    }
  }
}
