// Answers that do not say whether there is an account must not show it by their time either.
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';

/** Several times what the slowest of the paths takes. */
const LEAST_MS = 250;

@Injectable()
export class EvenTime {
  protected readonly leastMs: number = LEAST_MS;

  /** Takes at least the same time, whichever path the work takes. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const [result] = await Promise.allSettled([work(), delay(this.leastMs)]);
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  }
}
