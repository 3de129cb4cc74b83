// Runs long work in slices, so that the event loop serves others in between.
import { setImmediate } from 'node:timers/promises';

/** The target duration of a slice. */
const SLICE_MS = 10;

let turns = Promise.resolve();

/** Resolves in a later turn of the event loop. One waiter is resumed per turn. */
export function nextTurn(): Promise<void> {
  return (turns = turns.then(() => setImmediate()));
}

/** The slices of one piece of work. Call `pause` wherever it may be interrupted. */
export class Slices {
  #began = performance.now();

  /** Returns at once while the slice lasts. */
  async pause(): Promise<void> {
    if (performance.now() - this.#began < SLICE_MS) return;
    await nextTurn();
    this.#began = performance.now();
  }

  /** @param work which yields wherever it may be interrupted. @returns its result */
  async run<Result>(work: Generator<unknown, Result>): Promise<Result> {
    for (;;) {
      const { done, value } = work.next();
      if (done) return value;
      await this.pause();
    }
  }
}
