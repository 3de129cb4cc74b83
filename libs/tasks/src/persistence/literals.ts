/** A list of SQL literals. @param words without quotation marks: statuses, priorities and the like. */
export function literals(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(', ');
}
