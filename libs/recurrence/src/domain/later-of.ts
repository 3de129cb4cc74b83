/** The later of two instants in RFC 3339, UTC, with milliseconds. */
export function laterOf(one: string, other: string | null): string {
  return other === null || one > other ? one : other;
}
