// When something recurs, as clients say it. The fields' forms are checked here; what they mean together is the engine's
// to check (src/domain/schedule.ts), which names `rule.<field>` as well.
import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ValidateIf } from 'class-validator';
import { Checked, EnumField, EnumsField, IntegerField, TextField, TextsField, TimeZoneField } from '@mono/contract';
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

/** What may be said of any rule is above, what belongs to named patterns in the middle, what belongs to RFC 5545 below. */
export class Rule {
  @TextField({
    description:
      'The local time from which the rule counts: nothing occurs before it. Where it does not match the rule itself, the first match after it is the first occurrence. A date alone is its midnight.',
    example: '2026-01-31T09:00:00',
    max: 32,
  })
  dtstart: string;

  @TimeZoneField({
    description: "The IANA zone in which the rule's local times are meant; null floats in the workspace's zone.",
    example: 'Europe/Berlin',
    optional: true,
    nullable: true,
  })
  timezone?: string | null;

  @EnumField({
    description: 'A named pattern; not together with `rrule`.',
    values: PATTERNS,
    enumName: 'RecurrencePattern',
    example: 'monthly',
    optional: true,
    nullable: true,
  })
  pattern?: Pattern | null;

  @TextField({
    description: 'With a pattern: the local time of day, `HH:MM` or `HH:MM:SS`, instead of that of `dtstart`.',
    example: null,
    max: 8,
    optional: true,
    nullable: true,
  })
  time?: string | null;

  @IntegerField({
    description:
      'With a pattern: every so many days, weeks, fortnights, months, quarters or years; 1 when absent. Not with `weekdays` and `interval`.',
    example: 1,
    min: 1,
    max: MAX_EVERY,
    optional: true,
    nullable: true,
  })
  every?: number | null;

  @EnumsField({
    description: 'With `weekly` and `biweekly`: the days of the week; that of `dtstart` when absent.',
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
    'With `monthly`, `quarterly` and `yearly`: the day of the month, or `last`; that of `dtstart` when absent.',
  )
  day_of_month?: number | 'last' | null;

  @TextField({
    description:
      'With `interval`: the exact time that elapses between two occurrences, ISO 8601 in weeks, days of 24 hours, hours, minutes and seconds, at least PT5M, whatever clocks do.',
    example: null,
    max: 64,
    optional: true,
    nullable: true,
  })
  interval?: string | null;

  @TextField({
    description: 'A recurrence rule of RFC 5545, without `RRULE:`; not together with `pattern`. `SECONDLY` is refused.',
    example: null,
    min: 1,
    max: MAX_RRULE_CHARACTERS,
    optional: true,
    nullable: true,
  })
  rrule?: string | null;

  @TextsField({
    description:
      'Without a pattern: further occurrences, local (`2026-05-01T09:00:00`, or a date for its midnight) or instants with `Z`.',
    maxItems: MAX_RULE_DATES,
    max: 32,
    example: [],
    optional: true,
    nullable: true,
  })
  rdate?: string[] | null;

  @TextsField({
    description: 'Without a pattern: occurrences to leave out, in the forms of `rdate`.',
    maxItems: MAX_RULE_DATES,
    max: 32,
    example: [],
    optional: true,
    nullable: true,
  })
  exdate?: string[] | null;

  @TextField({
    description:
      'The last moment at which something may occur: local, an instant with `Z`, or a date (its whole day counts). Not together with `count`.',
    example: null,
    max: 32,
    optional: true,
    nullable: true,
  })
  until?: string | null;

  @IntegerField({
    description: 'How often it occurs. Not together with `until`.',
    example: null,
    min: 1,
    max: MAX_RULE_COUNT,
    optional: true,
    nullable: true,
  })
  count?: number | null;

  @EnumField({
    description:
      'With `monthly`, `quarterly` and `yearly`: a day that a month does not have becomes its last day (`clamp`, the default) or is left out. An `rrule` always leaves it out.',
    values: MONTH_ENDS,
    enumName: 'MonthEnd',
    example: 'clamp',
    optional: true,
    nullable: true,
  })
  month_end?: MonthEnd | null;

  @EnumField({
    description:
      'A local time that clocks leave out is later by the gap (`shift`, the default: 02:30 becomes 03:30), or left out.',
    values: DST_GAPS,
    enumName: 'DstGap',
    example: 'shift',
    optional: true,
    nullable: true,
  })
  dst_gap?: DstGap | null;
}
