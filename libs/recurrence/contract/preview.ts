// The occurrences of a rule, before a template is created.
import { ApiProperty } from '@nestjs/swagger';
import { EnumField, IntegerField, ObjectField, TextField, UuidField } from '@mono/contract';
import { Rule } from './rule.js';
import { OCCURRENCE_NOTES, type OccurrenceNote } from './rule-constants.js';

export const MAX_PREVIEW = 1_000;
export const DEFAULT_PREVIEW = 100;

export class PreviewRequest {
  @ObjectField(() => Rule, {
    description: 'Recurrence rule.',
    example: { dtstart: '2026-01-31T09:00:00', timezone: 'Europe/Berlin', pattern: 'monthly' },
  })
  rule: Rule;

  @UuidField({
    description:
      'List of the template. Its time zone counts for a rule that names none; default: the time zone of the user, for an API key that of the workspace.',
    optional: true,
  })
  list_id?: string;

  @TextField({
    description:
      'Start of the period: local time in the time zone of the rule, or an instant with `Z`. Default: the first occurrence.',
    example: '2026-01-01T00:00:00',
    max: 32,
    optional: true,
  })
  from?: string;

  @TextField({
    description: 'End of the period, exclusive, in the same format as `from`.',
    example: '2027-01-01T00:00:00',
    max: 32,
    optional: true,
  })
  to?: string;

  @IntegerField({
    description: 'Maximum number of occurrences.',
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
    description: 'Identifies the occurrence: its start by the rule, in local time (with `interval`: a UTC instant).',
    example: '2026-01-31T09:00:00',
  })
  original_start: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'Start of the occurrence.',
    example: '2026-01-31T08:00:00Z',
  })
  at: string;

  @EnumField({
    description:
      'Adjustment of the start. `dst_gap`: the local time does not exist on that day and is moved later by the gap. `dst_overlap`: the local time exists twice, and this is the first. `month_end`: the month is too short, and this is its last day.',
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
