import { ApiProperty } from '@nestjs/swagger';
import { BooleanField, Checked, DurationField, FormattedField } from '@mono/contract';
import { leadMinutesOf } from './lead.js';

/** The kinds of mail that a user may turn off, by the preference that does so. */
export const OPTIONAL_MAILS = ['daily_digest', 'task_due_soon', 'task_assigned', 'timer_forgotten'] as const;
export type OptionalMail = (typeof OPTIONAL_MAILS)[number];

const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/;

const digest = {
  description:
    'Whether you receive one mail a day with your tasks that are overdue, due today, due tomorrow and newly assigned. None is sent on a day without such tasks.',
  example: true,
};
const digestTime = {
  description: 'Local time of the daily digest in your time zone: `HH:MM`.',
  example: '08:00',
};
const dueSoon = { description: 'Whether you receive a mail for each of your tasks that is due soon.', example: false };
const lead = {
  description:
    'Time between the reminder of a task and its due date, in whole minutes from `PT1M` to `P30D`. The reminder of a task that is due on a day is sent at 08:00 in the task’s zone, on the day on which this time begins.',
  example: 'PT24H',
};
const assigned = {
  description:
    'Whether you receive a mail when somebody else assigns tasks to you. Several assignments within a short time are one mail.',
  example: true,
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

function TimeOfDayField(options: { optional?: boolean } = {}): PropertyDecorator {
  const check = (value: unknown): boolean => typeof value === 'string' && TIME_OF_DAY.test(value);
  const schema = { type: String, pattern: TIME_OF_DAY.source };
  return FormattedField({ ...digestTime, ...options }, 'time_of_day', check, 'must be a time such as 08:00', schema);
}

export class NotificationPreferences {
  @BooleanField(digest)
  daily_digest: boolean;

  @TimeOfDayField()
  daily_digest_time: string;

  @BooleanField(dueSoon)
  task_due_soon: boolean;

  @LeadField()
  task_due_soon_lead: string;

  @BooleanField(assigned)
  task_assigned: boolean;

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
  @BooleanField({ ...digest, optional: true })
  daily_digest?: boolean;

  @TimeOfDayField({ optional: true })
  daily_digest_time?: string;

  @BooleanField({ ...dueSoon, optional: true })
  task_due_soon?: boolean;

  @LeadField({ optional: true })
  task_due_soon_lead?: string;

  @BooleanField({ ...assigned, optional: true })
  task_assigned?: boolean;

  @BooleanField({ ...timer, optional: true })
  timer_forgotten?: boolean;
}
