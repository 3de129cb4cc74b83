// What may stand in a text column of PostgreSQL: no NUL, no lone surrogate; lengths are counted in code points.

export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

export function isStorableText(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}
