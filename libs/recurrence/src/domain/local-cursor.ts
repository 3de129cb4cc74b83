// Resolves local times to instants, mostly in ascending order.
import type { Stretch, Zone } from '@mono/contract/zones';
import { COSTS, type Budget } from './budget.js';
import type { Candidates } from './candidates.js';
import { DAY_SECONDS } from './civil-calendar.js';
import { dayOfLocal } from './local-time.js';

const NOWHERE: Stretch = { from: Infinity, to: -Infinity, offset: 0, note: null };

export class LocalCursor {
  /** The instant of the current local time, in seconds since 1970. */
  instant = NaN;
  #stretch = NOWHERE;
  #shownDay = NaN;
  #shown: ReadonlySet<number> = new Set();

  /**
   * @param candidates the rule whose times are walked: of two that a gap puts on one instant, the one that the wall's
   *   clock shows is left. Without them every local time counts.
   */
  constructor(
    private readonly rule: { zone: Zone; skipsGaps: boolean },
    private readonly budget: Budget,
    private readonly candidates?: Candidates,
  ) {}

  get note(): Stretch['note'] {
    return this.#stretch.note;
  }

  /** @returns whether something can occur there. */
  moveTo(local: number): boolean {
    if (local < this.#stretch.from || local >= this.#stretch.to) {
      this.budget.spend(COSTS.stretch);
      this.#stretch = this.rule.zone.stretchAt(local);
    }
    this.instant = local - this.#stretch.offset;
    return this.#stretch.note !== 'dst_gap' || this.#existsInGap();
  }

  /** @returns whether all local times from here, to which it has moved, to `last` can occur, without a look at each. */
  standsUntil(last: number): boolean {
    return last < this.#stretch.to && this.#stretch.note !== 'dst_gap';
  }

  #existsInGap(): boolean {
    if (this.rule.skipsGaps) return false;
    if (!this.candidates) return true;
    const shown = this.rule.zone.localAt(this.instant);
    return !this.#candidatesOf(this.candidates, dayOfLocal(shown)).has(shown);
  }

  /** Those of one day: of a gap, all are asked for. */
  #candidatesOf(candidates: Candidates, day: number): ReadonlySet<number> {
    if (day !== this.#shownDay) {
      const first = day * DAY_SECONDS;
      this.#shown = new Set([...candidates.between(first, first + DAY_SECONDS - 1, this.budget)].flat());
      this.#shownDay = day;
    }
    return this.#shown;
  }
}
