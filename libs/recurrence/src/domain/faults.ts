// Every refusal of a rule names the field of it.
import { InvalidInputError } from '@mono/contract/errors';

/** A field of a rule, as its JSON names it. */
export type RuleField =
  | 'dtstart'
  | 'timezone'
  | 'pattern'
  | 'time'
  | 'every'
  | 'days_of_week'
  | 'day_of_month'
  | 'interval'
  | 'rrule'
  | 'rdate'
  | 'exdate'
  | 'until'
  | 'count'
  | 'month_end'
  | 'dst_gap';

/** @throws InvalidInputError with the field `rule.<field>` */
export function refuse(field: RuleField, issue: string): never {
  throw new InvalidInputError([{ field: `rule.${field}`, issue }]);
}

/** A client's own words go into the answer only so far. */
export function quote(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
