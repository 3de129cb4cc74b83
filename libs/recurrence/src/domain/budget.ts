// What the expansion of a rule may cost. Steps are counted instead of time, so that a rule is refused on every machine alike,
// busy or not; `npm run bench:worst` shows what they cost in processor time.
import { InvalidInputError, type FieldFault } from '@mono/contract/errors';

/** A step costs 10 to 30 ns: these are some 20 ms of processor time (see decisions/0004-budget-of-steps.md). */
export const RULE_STEPS = 600_000;
/** A rule is accepted only if it is understood for half of that: whoever reads a stored rule has the other half. */
export const CHECK_STEPS = RULE_STEPS / 2;

/** All rules of a calendar together: read in slices, so that nobody waits for all of them. */
export const CALENDAR_STEPS = 40 * RULE_STEPS;

/** The steps of what costs more than one. */
export const COSTS = { period: 15, stretch: 60, occurrence: 12 } as const;

/** 422 `rule_too_expensive`; the details name what to narrow. */
export class RuleTooExpensiveError extends InvalidInputError {
  constructor(faults: FieldFault[]) {
    super(faults, 'rule_too_expensive');
    this.name = 'RuleTooExpensiveError';
  }
}

/** Thrown where steps are spent; a schedule makes a RuleTooExpensiveError of it, which says what to narrow. */
export class BudgetSpent extends Error {}

export class Budget {
  #left: number;

  /** @param whole of which this is a part: a calendar's, beside those of its rules. */
  constructor(
    private readonly steps = RULE_STEPS,
    private readonly whole?: Budget,
  ) {
    this.#left = steps;
  }

  get spent(): number {
    return Math.min(this.steps, this.steps - this.#left);
  }

  get isSpent(): boolean {
    return this.#left <= 0;
  }

  /** @throws BudgetSpent */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new BudgetSpent('The steps of a rule are spent.');
    this.whole?.spend(steps);
  }
}
