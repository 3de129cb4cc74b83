// What a user wants to be told by mail.
import { ApiProperty } from '@nestjs/swagger';
import { BooleanField, Checked, DurationField } from '@mono/contract';
import { leadMinutesOf } from './lead.js';

const dueSoon = { description: 'Whether a mail tells of tasks of yours that are due soon.', example: true };
const lead = {
  description:
    'How long before it is due you are told of a task: whole minutes, from `PT1M` to `P30D`. Of a task that is due on a day you are told at 08:00 of the day on which this time begins, in the task’s zone.',
  example: 'PT24H',
};

function LeadField(options: { optional?: boolean } = {}): PropertyDecorator {
  const check = Checked(
    'lead',
    (value) => leadMinutesOf(value) !== undefined,
    'must be an ISO 8601 duration of whole minutes from PT1M to P30D',
  );
  const field = DurationField({ ...lead, ...options });
  return (target, name) => {
    check(target, name);
    field(target, name);
  };
}

export class NotificationPreferences {
  @BooleanField(dueSoon)
  task_due_soon: boolean;

  @LeadField()
  task_due_soon_lead: string;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Raised by one with each change.', example: 1 })
  version: number;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When they were last changed; null while they are as they come.',
    example: null,
  })
  updated_at: string | null;
}

/** JSON Merge Patch: absent means unchanged. */
export class NotificationPreferencesPatch {
  @BooleanField({ ...dueSoon, optional: true })
  task_due_soon?: boolean;

  @LeadField({ optional: true })
  task_due_soon_lead?: string;
}
