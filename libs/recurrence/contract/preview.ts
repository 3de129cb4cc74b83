// What a rule would bring, before anything is made of it.
import { ApiProperty } from '@nestjs/swagger';
import { EnumField, IntegerField, ObjectField, TextField } from '@mono/contract';
import { Rule } from './rule.js';
import { OCCURRENCE_NOTES, type OccurrenceNote } from './rule-constants.js';

export const MAX_PREVIEW = 1_000;
export const DEFAULT_PREVIEW = 100;

export class PreviewRequest {
  @ObjectField(() => Rule, {
    description: 'The rule.',
    example: { dtstart: '2026-01-31T09:00:00', timezone: 'Europe/Berlin', pattern: 'monthly' },
  })
  rule: Rule;

  @TextField({
    description:
      'The first start wanted: local in the zone of the rule, or an instant with `Z`. The beginning when absent.',
    example: '2026-01-01T00:00:00',
    max: 32,
    optional: true,
  })
  from?: string;

  @TextField({
    description: 'Only starts before this one, in the forms of `from`.',
    example: '2027-01-01T00:00:00',
    max: 32,
    optional: true,
  })
  to?: string;

  @IntegerField({
    description: 'The most occurrences wanted.',
    min: 1,
    max: MAX_PREVIEW,
    default: DEFAULT_PREVIEW,
    optional: true,
  })
  limit?: number;
}

export class PreviewedOccurrence {
  @ApiProperty({
    type: String,
    description: 'Which occurrence it is: its local start by the rule, or with `interval` the instant.',
    example: '2026-01-31T09:00:00',
  })
  original_start: string;

  @ApiProperty({ type: String, format: 'date-time', description: 'When that is.', example: '2026-01-31T08:00:00Z' })
  at: string;

  @EnumField({
    description:
      '`dst_gap`: the local time does not exist on that day, and it is later by the gap; `dst_overlap`: it exists twice, and this is the first; `month_end`: the month is too short, and this is its last day.',
    values: OCCURRENCE_NOTES,
    enumName: 'OccurrenceNote',
    example: null,
    nullable: true,
  })
  note: OccurrenceNote | null;
}

export class Preview {
  @ApiProperty({ type: [PreviewedOccurrence] })
  items: PreviewedOccurrence[];
}
