// Collects the faults of a calendar by UID and property, to report all of them at once.
import { InvalidInputError, type FieldFault } from '@mono/contract/errors';
import { RuleTooExpensiveError } from '../../domain/budget.js';

const MAX_FAULTS = 100;
const MAX_UID_CHARACTERS = 100;

export class Refusal {
  private readonly faults: FieldFault[] = [];
  private tooExpensive = 0;

  /** @param code of a rule that is valid but too expensive. */
  add(uid: string, property: string, issue: string, code?: string): void {
    const field = `content[${uid.slice(0, MAX_UID_CHARACTERS).toWellFormed()}].${property}`;
    // The first fault of a property is closer to the calendar than those of the engine.
    if (this.faults.length >= MAX_FAULTS || this.faults.some((fault) => fault.field === field)) return;
    this.faults.push({ field, issue });
    if (code === 'rule_too_expensive') this.tooExpensive += 1;
  }

  /** @throws InvalidInputError where anything was refused. */
  requireNone(): void {
    if (this.faults.length === 0) return;
    if (this.tooExpensive === this.faults.length) throw new RuleTooExpensiveError(this.faults);
    throw new InvalidInputError(this.faults);
  }
}

/** @throws InvalidInputError */
export function refuseContent(issue: string): never {
  throw new InvalidInputError([{ field: 'content', issue }]);
}
