// How much of one handler runs at once on this node, and what waits for its turn. Nothing is dropped silently: a caller
// a call that finds the queue full is refused, and a call that expires while waiting is not handled.

export class Slots {
  private running = 0;
  private readonly waiting: Waiting[] = [];

  constructor(private readonly capacity: { concurrency: number; queue: number }) {}

  get inFlight(): number {
    return this.running;
  }

  get queued(): number {
    return this.waiting.length;
  }

  /** Takes a slot at once, if one is free and nobody waits for it. */
  tryTake(): boolean {
    if (this.running >= this.capacity.concurrency || this.waiting.length > 0) return false;
    this.running += 1;
    return true;
  }

  /**
   * Waits for a slot. @param deadline by performance.now().
   * @returns `taken`, `full` at once when too many wait, or `expired` at the turn that came too late.
   */
  take(deadline: number): Promise<'taken' | 'full' | 'expired'> {
    if (this.waiting.length >= this.capacity.queue) this.dropExpired();
    if (this.waiting.length >= this.capacity.queue) return Promise.resolve('full');
    return new Promise((resolve) => {
      this.waiting.push({ deadline, resolve });
    });
  }

  /** Gives a slot back; the next in line has it. */
  give(): void {
    this.running -= 1;
    const now = performance.now();
    while (this.running < this.capacity.concurrency) {
      const next = this.waiting.shift();
      if (!next) return;
      if (next.deadline <= now) {
        next.resolve('expired');
        continue;
      }
      this.running += 1;
      next.resolve('taken');
    }
  }

  private dropExpired(): void {
    const now = performance.now();
    for (let index = this.waiting.length - 1; index >= 0; index -= 1) {
      if ((this.waiting[index]?.deadline ?? 0) > now) continue;
      for (const expired of this.waiting.splice(index, 1)) expired.resolve('expired');
    }
  }
}

interface Waiting {
  deadline: number;
  resolve(outcome: 'taken' | 'expired'): void;
}
