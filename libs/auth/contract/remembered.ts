// Answers about credentials, believed for some seconds. What is heard of a change makes a node forget, and what was asked
// for before the change and answered after it is not remembered at all.

/** How long an answer is believed, in milliseconds. */
const AGE_MS = 5_000;
/** More credentials than these within AGE_MS are asked for each time anew. */
const SIZE = 50_000;

interface Answer<T> {
  value: T;
  /** The key or user whose rights it tells of. */
  subject: string;
  /** When the credential ends, in milliseconds since 1970; null: never. */
  endsAt: number | null;
}

export class Remembered<T> {
  private readonly known = new Map<string, { value: T; subject: string; until: number }>();
  private epoch = 0;

  /** @param now in milliseconds since 1970. */
  constructor(private readonly now: () => number = Date.now) {}

  recall(name: string): T | undefined {
    const found = this.known.get(name);
    return found && found.until > this.now() ? found.value : undefined;
  }

  /** Asks, and remembers the answer unless something was forgotten meanwhile. */
  async learn(name: string, ask: () => Promise<Answer<T>>): Promise<T> {
    const { epoch } = this;
    const { value, subject, endsAt } = await ask();
    if (epoch !== this.epoch) return value;
    if (this.known.size >= SIZE) this.known.clear();
    this.known.set(name, { value, subject, until: Math.min(this.now() + AGE_MS, endsAt ?? Number.POSITIVE_INFINITY) });
    return value;
  }

  /** Everything about this key or user. */
  forget(subject: string): void {
    this.epoch += 1;
    for (const [name, known] of this.known) if (known.subject === subject) this.known.delete(name);
  }

  clear(): void {
    this.epoch += 1;
    this.known.clear();
  }
}
