import type { NodeFacts } from './node-tokens.js';

export const PRUNING_INTERVAL_MS = 10 * 60 * 1_000;
/** How long dead letters are kept, and a margin. */
const LETTERS_MS = 120 * 24 * 60 * 60 * 1_000;

/** How long an event may still come, out of its stream or back from the dead letters: until then it is remembered. */
export function eventMemoryMs({ eventAgeMs }: Pick<NodeFacts, 'eventAgeMs'>): number {
  return eventAgeMs + LETTERS_MS;
}
