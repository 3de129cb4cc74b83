// Bounds work that takes a core for a while, with a bounded queue.
import { UnavailableError } from '@mono/contract';

export class ConcurrencyLimit {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly limits: { running: number; waiting: number }) {}

  /** @throws UnavailableError when too many wait already. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.limits.running) await this.turn();
    else this.running += 1;
    try {
      return await work();
    } finally {
      // The next one takes over the place.
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }

  private turn(): Promise<void> {
    if (this.waiting.length >= this.limits.waiting) {
      throw new UnavailableError('Too many people sign in at this moment: try again later.');
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
