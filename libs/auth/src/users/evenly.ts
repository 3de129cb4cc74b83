// Answers that tell nothing by their words shall tell nothing by their time either.
import { setTimeout as delay } from 'node:timers/promises';

/** Ends no sooner than after this time, in milliseconds: longer than any of the ways that the work can take. */
export async function evenly<T>(leastMs: number, work: () => Promise<T>): Promise<T> {
  const [result] = await Promise.allSettled([work(), delay(leastMs)]);
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}
