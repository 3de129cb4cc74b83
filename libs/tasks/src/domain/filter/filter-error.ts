// The only error of the filter language: the place of the fault, and what was expected there.
import type { Span } from './filter.js';

export class FilterError extends Error {
  constructor(
    message: string,
    readonly span: Span,
    /** The words that the language takes at this place. */
    readonly expected: readonly string[] = [],
  ) {
    super(message);
    this.name = 'FilterError';
  }
}

/** The nearest of the words, if one is near enough to be a misspelling. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const [best] = words
    .map((candidate) => ({ candidate, distance: candidate.startsWith(word) ? 1 : distance(word, candidate) }))
    .filter(({ distance: edits }) => edits <= limit)
    .toSorted((a, b) => a.distance - b.distance);
  return best?.candidate;
}

/** Edits to make one word of the other: letters put in, left out, replaced, or exchanged with their neighbour. */
function distance(one: string, other: string): number {
  const rows = [Array.from({ length: other.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= one.length; i += 1) {
    const before = rows[i - 1] ?? [];
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = (before[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      const exchanges = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const exchanged = exchanges ? (rows[i - 2]?.[j - 2] ?? Infinity) + 1 : Infinity;
      row.push(Math.min(replaced, exchanged, (before[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    rows.push(row);
  }
  return rows.at(-1)?.at(-1) ?? 0;
}
