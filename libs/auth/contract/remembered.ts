// Verdicts on credentials, believed for some seconds. An event about a change makes a node forget; a verdict that was requested
// before the change and arrives after it is not remembered.

/** How long a verdict is believed, in milliseconds. */
const AGE_MS = 5_000;
/** Beyond this many credentials within AGE_MS, all are looked up again. */
const SIZE = 50_000;

/** @param subject the key or user whose verdicts were dropped; undefined: all were. */
export type DroppedListener = (subject: string | undefined) => void;

interface Answer<T> {
  value: T;
  /** The key or user that the verdict is about. */
  subject: string;
  /** When the credential ends, in milliseconds since 1970; null: never. */
  endsAt: number | null;
}

export class Remembered<T> {
  private readonly known = new Map<string, { value: T; subject: string; until: number }>();
  private readonly listeners = new Set<DroppedListener>();
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
    this.notify(subject);
  }

  /** Every verdict that matches, of any key or user. */
  forgetWhere(matches: (value: T) => boolean): void {
    this.epoch += 1;
    const subjects = new Set<string>();
    for (const [name, { value, subject }] of this.known) {
      if (!matches(value)) continue;
      this.known.delete(name);
      subjects.add(subject);
    }
    for (const subject of subjects) this.notify(subject);
  }

  clear(): void {
    this.epoch += 1;
    this.known.clear();
    this.notify(undefined);
  }

  /** @returns a function that unsubscribes. */
  onDropped(listener: DroppedListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private notify(subject: string | undefined): void {
    for (const listener of this.listeners) listener(subject);
  }
}
