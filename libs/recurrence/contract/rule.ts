// The recurrence rule of the API. The decorators check each field; the engine (src/domain/schedule.ts) checks the combination
// and names `rule.<field>` as well.
import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ValidateIf } from 'class-validator';
import {
  Checked,
  EnumField,
  EnumsField,
  IntegerField,
  PartialType,
  TextField,
  TextsField,
  TimeZoneField,
} from '@mono/contract';
import {
  DST_GAPS,
  MAX_EVERY,
  MAX_RRULE_CHARACTERS,
  MAX_RULE_COUNT,
  MAX_RULE_DATES,
  MONTH_ENDS,
  PATTERNS,
  WEEKDAYS,
  type DstGap,
  type MonthEnd,
  type Pattern,
  type Weekday,
} from './rule-constants.js';

export * from './rule-constants.js';

function isDayOfMonth(value: unknown): boolean {
  return value === 'last' || (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 31);
}

/** 1 to 31, or `last`; may be absent or null. */
function DayOfMonthField(description: string): PropertyDecorator {
  return applyDecorators(
    ValidateIf((_object, value) => value !== undefined && value !== null),
    Checked('day_of_month', isDayOfMonth, 'must be an integer from 1 to 31, or last'),
    ApiProperty({
      description,
      required: false,
      nullable: true,
      oneOf: [
        { type: 'integer', minimum: 1, maximum: 31 },
        { type: 'string', enum: ['last'] },
      ],
      example: null,
    }),
  );
}

/** Fields of all rules come first, then those of named patterns, then those of RFC 5545. */
export class Rule {
  @TextField({
    description:
      'Local time at which the rule starts. If it does not match the rule, the first match after it is the first occurrence. A date means midnight.',
    example: '2026-01-31T09:00:00',
    max: 32,
  })
  dtstart: string;

  @TimeZoneField({
    description:
      'IANA time zone of the local times of the rule. Absent or null in a new rule: the time zone of the list, else that of the user, for an API key that of the workspace; the rule keeps it. Null in a patch: decided again. Templates of earlier releases without one follow the workspace.',
    example: 'Europe/Berlin',
    optional: true,
    nullable: true,
  })
  timezone?: string | null;

  @EnumField({
    description: 'Named pattern. Excludes `rrule`.',
    values: PATTERNS,
    enumName: 'RecurrencePattern',
    example: 'monthly',
    optional: true,
    nullable: true,
  })
  pattern?: Pattern | null;

  @TextField({
    description: 'Local time of day, `HH:MM` or `HH:MM:SS`. Default: that of `dtstart`. With a pattern only.',
    example: null,
    max: 8,
    optional: true,
    nullable: true,
  })
  time?: string | null;

  @IntegerField({
    description:
      'Number of days, weeks, fortnights, months, quarters or years between occurrences. Default: 1. With a pattern only, except `weekdays` and `interval`.',
    example: 1,
    min: 1,
    max: MAX_EVERY,
    optional: true,
    nullable: true,
  })
  every?: number | null;

  @EnumsField({
    description: 'Days of the week. Default: that of `dtstart`. With `weekly` and `biweekly` only.',
    values: WEEKDAYS,
    minItems: 1,
    maxItems: 7,
    unique: true,
    example: ['MO', 'TH'],
    optional: true,
    nullable: true,
  })
  days_of_week?: Weekday[] | null;

  @DayOfMonthField(
    'Day of the month, or `last`. Default: that of `dtstart`. With `monthly`, `quarterly` and `yearly` only.',
  )
  day_of_month?: number | 'last' | null;

  @TextField({
    description:
      'Elapsed time between two occurrences, ISO 8601, in weeks, days of 24 hours, hours, minutes and seconds; at least PT5M. Changes of the clocks do not affect it. With the pattern `interval` only.',
    example: null,
    max: 64,
    optional: true,
    nullable: true,
  })
  interval?: string | null;

  @TextField({
    description: 'Recurrence rule of RFC 5545, without `RRULE:`. Excludes `pattern`. `SECONDLY` is not supported.',
    example: null,
    min: 1,
    max: MAX_RRULE_CHARACTERS,
    optional: true,
    nullable: true,
  })
  rrule?: string | null;

  @TextsField({
    description:
      'Additional occurrences: local times (`2026-05-01T09:00:00`, or a date for midnight) or instants with `Z`. Without a pattern only.',
    maxItems: MAX_RULE_DATES,
    max: 32,
    example: [],
    optional: true,
    nullable: true,
  })
  rdate?: string[] | null;

  @TextsField({
    description: 'Occurrences to leave out, in the same format as `rdate`. Without a pattern only.',
    maxItems: MAX_RULE_DATES,
    max: 32,
    example: [],
    optional: true,
    nullable: true,
  })
  exdate?: string[] | null;

  @TextField({
    description:
      'Time of the last possible occurrence: a local time, an instant with `Z`, or a date, which includes the whole day. Excludes `count`.',
    example: null,
    max: 32,
    optional: true,
    nullable: true,
  })
  until?: string | null;

  @IntegerField({
    description: 'Number of occurrences. Excludes `until`.',
    example: null,
    min: 1,
    max: MAX_RULE_COUNT,
    optional: true,
    nullable: true,
  })
  count?: number | null;

  @EnumField({
    description:
      'Handling of a day that a month does not have: its last day (`clamp`, the default) or no occurrence (`skip`). With `monthly`, `quarterly` and `yearly` only; an `rrule` always skips it.',
    values: MONTH_ENDS,
    enumName: 'MonthEnd',
    example: 'clamp',
    optional: true,
    nullable: true,
  })
  month_end?: MonthEnd | null;

  @EnumField({
    description:
      'Handling of a local time that a change of the clocks skips: moved later by the gap (`shift`, the default: 02:30 becomes 03:30) or no occurrence (`skip`).',
    values: DST_GAPS,
    enumName: 'DstGap',
    example: 'shift',
    optional: true,
    nullable: true,
  })
  dst_gap?: DstGap | null;
}

/** JSON Merge Patch of a rule: absent means unchanged, null clears. */
export class RulePatch extends PartialType(Rule) {}
