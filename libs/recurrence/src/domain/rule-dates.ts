// RDATE and EXDATE: single dates that a rule has besides, or has not. Said as local times or as instants.
import type { Starts } from './batches.js';
import type { CompiledRule } from './compile-rule.js';
import { sorted } from './sorted.js';

export class RuleDates {
  /** Local seconds, in order. */
  readonly #added: number[];
  /** Where a date was given as the second of two equal local times, which a local time alone never means. */
  readonly #addedInstants = new Map<number, number>();
  readonly #locals: Set<number>;
  readonly #instants: Set<number>;

  constructor({ rdates, exdates, zone }: CompiledRule) {
    const added = new Set<number>();
    for (const { seconds, isInstant } of rdates) {
      const local = isInstant ? zone.localAt(seconds) : seconds;
      added.add(local);
      if (isInstant && local - zone.stretchAt(local).offset !== seconds) this.#addedInstants.set(local, seconds);
    }
    this.#added = [...added].sort((a, b) => a - b);
    this.#locals = new Set(exdates.filter((date) => !date.isInstant).map(({ seconds }) => seconds));
    this.#instants = new Set(exdates.filter((date) => date.isInstant).map(({ seconds }) => seconds));
  }

  /** The earliest that is added; Infinity where none is. */
  get first(): number {
    return this.#added[0] ?? Infinity;
  }

  /** @param ruled the rule's own local times between `from` and `to` (exclusive), in order. @returns both, without duplicates. */
  mergeInto(ruled: Starts, from: number, to: number): Starts {
    const added = this.#added.filter((local) => local >= from && local < to);
    return added.length === 0 ? ruled : merge(ruled, added);
  }

  /** @returns undefined if the zone resolves the local time. */
  instantOf(local: number): number | undefined {
    return this.#addedInstants.size === 0 ? undefined : this.#addedInstants.get(local);
  }

  leavesOut(local: number, instant: number): boolean {
    return this.#locals.has(local) || this.#instants.has(instant);
  }
}

function* merge(ruled: Starts, added: number[]): Starts {
  let next = 0;
  for (const batch of ruled) {
    const last = batch.at(-1) ?? -Infinity;
    const from = next;
    while (next < added.length && (added[next] ?? Infinity) <= last) next += 1;
    yield next === from ? batch : sorted([...added.slice(from, next), ...batch]);
  }
  yield added.slice(next);
}
