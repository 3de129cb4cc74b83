// The budget for the expansion of a rule. It counts steps and not time, so that all machines refuse the same rules under any
// load; `npm run bench:worst` measures their processor time.
import { InvalidInputError, type FieldFault } from '@mono/contract/errors';

/** A step costs 10 to 30 ns: these are some 20 ms of processor time (see decisions/0004-budget-of-steps.md). */
export const RULE_STEPS = 600_000;
/** New rules have half of the budget, so that reading a stored rule never exceeds it. */
export const CHECK_STEPS = RULE_STEPS / 2;

/** For all rules of a calendar, which are read in slices so that other requests do not wait. */
export const CALENDAR_STEPS = 40 * RULE_STEPS;

/** Operations that cost more than one step. */
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
