// Text for PostgreSQL contains no NUL and no lone surrogate. Lengths are in code points.

/** A code point has one or two UTF-16 units, so that the length in units often suffices. */
export function hasAtLeast(min: number, text: string): boolean {
  return text.length >= min * 2 || (text.length >= min && codePoints(text) >= min);
}

export function hasAtMost(max: number, text: string): boolean {
  return text.length <= max || (text.length <= max * 2 && codePoints(text) <= max);
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

export function isStorableText(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}
