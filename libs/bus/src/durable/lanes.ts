// Runs pieces of work side by side up to a limit; those with the same key one after the other.

interface Piece {
  key: string | undefined;
  run: () => Promise<void>;
  /** Called instead of `run` when it is given back. */
  giveBack: () => void;
}

const LEFT_OVER = 1_024;

/** First in, first out. An array's own `shift` moves all that stands behind: thousands do, of every message. */
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
    // What has had its turn is not kept: a message may be large.
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

  /** Begins nothing more: all that waits, or comes now, waits to be given back. */
  close(): void {
    this.closed = true;
    this.waiting.push(...[...this.behind.values()].flat());
    this.behind.clear();
  }

  giveBack(): void {
    for (let piece = this.waiting.shift(); piece; piece = this.waiting.shift()) piece.giveBack();
  }

  /** Gives back all that is not begun; what comes later is taken as before. */
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

  /** The next of the key takes its turn behind what waits already. */
  private advance(key: string): void {
    const line = this.behind.get(key);
    const next = line?.shift();
    if (line?.length === 0) this.behind.delete(key);
    if (next) this.waiting.push(next);
    else this.busy.delete(key);
  }
}
