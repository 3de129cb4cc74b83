// Goes along local times, mostly forward, and tells of each when it is.
import type { Stretch, Zone } from '@mono/platform/zones';
import type { Candidates } from './candidates.js';

const NOWHERE: Stretch = { from: Infinity, to: -Infinity, offset: 0, note: null };

export class LocalCursor {
  /** Of the local time moved to, in seconds since 1970. */
  instant = NaN;
  #stretch = NOWHERE;

  /**
   * @param candidates the rule whose times are walked: of two that a gap puts on one instant, the one that the wall's
   *   clock shows is left. Without them every local time counts.
   */
  constructor(
    private readonly rule: { zone: Zone; skipsGaps: boolean },
    private readonly candidates?: Candidates,
  ) {}

  get note(): Stretch['note'] {
    return this.#stretch.note;
  }

  /** @returns whether something can occur there. */
  moveTo(local: number): boolean {
    if (local < this.#stretch.from || local >= this.#stretch.to) this.#stretch = this.rule.zone.stretchAt(local);
    this.instant = local - this.#stretch.offset;
    return this.#stretch.note !== 'dst_gap' || this.#existsInGap();
  }

  #existsInGap(): boolean {
    if (this.rule.skipsGaps) return false;
    if (!this.candidates) return true;
    const shown = this.rule.zone.localAt(this.instant);
    return !occursAt(this.candidates, shown);
  }
}

function occursAt(candidates: Candidates, local: number): boolean {
  for (const batch of candidates.between(local, local)) if (batch.length > 0) return batch[0] === local;
  return false;
}
