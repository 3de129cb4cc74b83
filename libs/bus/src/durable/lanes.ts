// Runs work concurrently up to a limit, and work with the same key sequentially.

interface Piece {
  key: string | undefined;
  run: () => Promise<void>;
  /** Called instead of `run` when the work is returned. */
  giveBack: () => void;
}

const LEFT_OVER = 1_024;

/** A FIFO queue. `shift` of an array would move thousands of items for each message. */
class Line<Item> {
  private items: Item[] = [];
  private head = 0;

  push(...items: readonly Item[]): void {
    this.items.push(...items);
  }

  shift(): Item | undefined {
    const item = this.items[this.head];
    if (item === undefined) return undefined;
    this.head += 1;
    // Releases handled items, since messages may be large.
    if (this.head === this.items.length || (this.head >= LEFT_OVER && this.head * 2 >= this.items.length)) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return item;
  }
}

export class Lanes {
  running = 0;
  private readonly busy = new Set<string>();
  private readonly behind = new Map<string, Piece[]>();
  private readonly waiting = new Line<Piece>();
  private closed = false;

  constructor(private readonly concurrency: number) {}

  add(key: string | undefined, run: () => Promise<void>, giveBack: () => void): void {
    const piece = { key, run, giveBack };
    if (this.closed) {
      this.waiting.push(piece);
      return;
    }
    if (key !== undefined && this.busy.has(key)) {
      const line = this.behind.get(key);
      if (line) line.push(piece);
      else this.behind.set(key, [piece]);
      return;
    }
    if (key !== undefined) this.busy.add(key);
    if (this.running < this.concurrency) this.begin(piece);
    else this.waiting.push(piece);
  }

  /** Starts nothing more. Waiting and new work is returned. */
  close(): void {
    this.closed = true;
    this.waiting.push(...[...this.behind.values()].flat());
    this.behind.clear();
  }

  giveBack(): void {
    for (let piece = this.waiting.shift(); piece; piece = this.waiting.shift()) piece.giveBack();
  }

  /** Returns work that has not started. Later work is accepted as before. */
  shed(): void {
    const behind = [...this.behind.values()].flat();
    this.behind.clear();
    for (let piece = this.waiting.shift(); piece; piece = this.waiting.shift()) {
      if (piece.key !== undefined) this.busy.delete(piece.key);
      piece.giveBack();
    }
    for (const piece of behind) piece.giveBack();
  }

  private begin(piece: Piece): void {
    this.running += 1;
    void piece.run().finally(() => this.end(piece));
  }

  private end({ key }: Piece): void {
    this.running -= 1;
    if (this.closed) return;
    if (key !== undefined) this.advance(key);
    const next = this.running < this.concurrency ? this.waiting.shift() : undefined;
    if (next) this.begin(next);
  }

  /** The next work of the key goes to the end of the queue. */
  private advance(key: string): void {
    const line = this.behind.get(key);
    const next = line?.shift();
    if (line?.length === 0) this.behind.delete(key);
    if (next) this.waiting.push(next);
    else this.busy.delete(key);
  }
}
