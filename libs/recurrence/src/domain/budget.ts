// What the expansion of a rule may cost. Steps are counted instead of time, so that a rule is refused on every machine alike,
// busy or not; `npm run bench:worst` shows what they cost in processor time.
import { InvalidInputError, type FieldFault } from '@mono/platform/errors';

/** A step costs 10 to 30 ns: these are some 20 ms of processor time (see decisions/0004-budget-of-steps.md). */
export const RULE_STEPS = 800_000;
/** A rule is accepted only if it is understood for half of that: whoever reads a stored rule has the other half. */
export const CHECK_STEPS = RULE_STEPS / 2;

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

  constructor(private readonly steps = RULE_STEPS) {
    this.#left = steps;
  }

  get spent(): number {
    return Math.min(this.steps, this.steps - this.#left);
  }

  /** @throws BudgetSpent */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new BudgetSpent('The steps of a rule are spent.');
  }
}
