// What may stand in a text column of PostgreSQL: no NUL, no lone surrogate; lengths are counted in code points.

/** Without a loop where the length in UTF-16 tells: of a code point there are one or two units. */
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
