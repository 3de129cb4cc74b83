// The values of a statement that is put together from parts: each part asks for the name of what it adds.

export class Values {
  readonly list: unknown[] = [];

  /** @returns `$1`, `$2` … */
  add(value: unknown): string {
    this.list.push(value);
    return `$${this.list.length}`;
  }

  /** @param ms since 1970. */
  instant(ms: number): string {
    return `${this.add(instantText(ms))}::timestamptz`;
  }
}

/** PostgreSQL knows no year 0, in which a day in the east can begin whose year is 1. */
export function instantText(ms: number): string {
  const text = new Date(ms).toISOString();
  return text.startsWith('0000') ? `0001${text.slice(4)} BC` : text;
}
