import { ApiProperty } from '@nestjs/swagger';
import { BooleanField, Checked, DurationField } from '@mono/contract';
import { leadMinutesOf } from './lead.js';

/** The kinds of mail that a user may turn off, by the preference that does so. */
export const OPTIONAL_MAILS = ['task_due_soon', 'timer_forgotten'] as const;
export type OptionalMail = (typeof OPTIONAL_MAILS)[number];

const dueSoon = { description: 'Whether you receive a mail for each of your tasks that is due soon.', example: true };
const lead = {
  description:
    'Time between the reminder of a task and its due date, in whole minutes from `PT1M` to `P30D`. The reminder of a task that is due on a day is sent at 08:00 in the task’s zone, on the day on which this time begins.',
  example: 'PT24H',
};
const timer = {
  description: 'Whether you receive a mail when your timer runs for longer than the limit of the workspace.',
  example: true,
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

  @BooleanField(timer)
  timer_forgotten: boolean;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Incremented by each change.', example: 1 })
  version: number;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Time of the last change; null while they are the defaults.',
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

  @BooleanField({ ...timer, optional: true })
  timer_forgotten?: boolean;
}
