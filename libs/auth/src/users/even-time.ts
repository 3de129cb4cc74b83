// Answers that do not say whether there is an account must not show it by their time either.
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';

/** Several times what the slowest of the paths takes. */
const LEAST_MS = 250;

@Injectable()
export class EvenTime {
  /** Takes at least the same time, whichever path the work takes. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const [result] = await Promise.allSettled([work(), this.pass()]);
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  }

  protected pass(): Promise<void> {
    return delay(LEAST_MS);
  }
}
