// Work that takes a core for a while: few at once, so that everything else goes on, and a queue with an end.
import { UnavailableError } from '@mono/contract';

export class FewAtOnce {
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
      // The place goes straight to the next one.
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }

  private turn(): Promise<void> {
    if (this.waiting.length >= this.limits.waiting) {
      throw new UnavailableError('Too many people sign in at this moment; try again.');
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
