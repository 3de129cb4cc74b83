// Templates of recurring tasks: content, rule and horizons.
import { ApiProperty } from '@nestjs/swagger';
import {
  DurationField,
  FixedDurationField,
  EnumField,
  FormattedField,
  IntegerField,
  isCalendarDate,
  isInstant,
  ObjectField,
  ObjectsField,
  OmitType,
  PageInfo,
  PageQuery,
  PartialType,
  PickType,
  TextField,
  TextsField,
  UuidField,
} from '@mono/contract';
import { MAX_DESCRIPTION_BYTES, MAX_TEMPLATE_SUBTASKS, type TaskPriority } from '@mono/tasks/contract';
import { Rule, RulePatch } from './rule.js';
import {
  ANCHORS,
  MISSED_POLICIES,
  TEMPLATE_ORDERS,
  TEMPLATE_PROBLEMS,
  TEMPLATE_STATUSES,
  type Anchor,
  type MissedPolicy,
  type TemplateOrder,
  type TemplateStatus,
  type TemplateProblem,
} from './template-constants.js';

import { assigneeId, estimatedDuration, priority, tags, title } from './template-fields.js';
import { TemplateSubtask, TemplateSubtaskInput } from './template-subtask.js';

export const MAX_LEAD_DAYS = 730;

const uuid = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e';
const listId = { description: 'List of the task.', example: uuid };
const description = {
  description: 'Description of the task.',
  maxBytes: MAX_DESCRIPTION_BYTES,
  nullable: true,
  example: null,
};
const rule = {
  description: 'Recurrence rule.',
  example: { dtstart: '2026-05-04T09:00:00', timezone: 'Europe/Berlin', pattern: 'weekly', days_of_week: ['MO', 'TH'] },
};
const dueOffset = {
  description:
    'Time from the start of an occurrence until it is due, ISO 8601. Days, weeks, months and years follow the calendar of the rule’s time zone; hours, minutes and seconds are elapsed time. Null: due at the start.',
  example: 'P1DT2H',
  nullable: true,
};
const subtasks = {
  description:
    'Subtasks that are created with each task of the template, in its list. In tasks that exist already, each follows its changes until a user changes, begins or deletes it.',
  minItems: 0,
  maxItems: MAX_TEMPLATE_SUBTASKS,
};
/** In a patch, the array replaces all of them. */
export function SubtasksField(): PropertyDecorator {
  const description = `${subtasks.description} The array replaces all of them; those with the same \`key\` are changed.`;
  return ObjectsField(() => TemplateSubtaskInput, { ...subtasks, description, optional: true });
}
const anchor = {
  description:
    '`schedule`: occurrences follow the rule alone. `completion`: one occurrence is open at a time, and the next one counts from the time when it is completed, cancelled, skipped or deleted.',
  values: ANCHORS,
  enumName: 'RecurrenceAnchor',
  example: 'schedule',
};
const leadDays = {
  description: 'Number of days before its start at which a task is created. Replaces the two horizons.',
  min: 0,
  max: MAX_LEAD_DAYS,
  nullable: true,
  example: null,
};
const syncHorizon = {
  description: 'Number of days ahead for which tasks exist as soon as the request is answered.',
  min: 1,
  max: 90,
  example: 14,
};
const generationHorizon = {
  description: 'Number of days ahead for which tasks are created in the background, at most 1,000 at a time.',
  min: 30,
  max: 730,
  example: 365,
};
const instant = { type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' } as const;
const pastInstant = (description: string) => ({ ...instant, nullable: true, description, example: null }) as const;

export class Template {
  @UuidField({ description: 'UUIDv7.', example: uuid })
  id: string;

  @UuidField({ description: 'Series: the same for all templates that were split from one.', example: uuid })
  series_id: string;

  @UuidField(listId)
  list_id: string;

  @TextField(title)
  title: string;

  @TextField(description)
  description: string | null;

  @EnumField(priority)
  priority: TaskPriority;

  @TextsField(tags)
  tags: string[];

  @UuidField(assigneeId)
  assignee_id: string | null;

  @FixedDurationField(estimatedDuration)
  estimated_duration: string | null;

  @ObjectField(() => Rule, rule)
  rule: Rule;

  @DurationField(dueOffset)
  due_offset: string | null;

  @ObjectsField(() => TemplateSubtask, subtasks)
  subtasks: TemplateSubtask[];

  @EnumField(anchor)
  anchor: Anchor;

  @IntegerField(leadDays)
  lead_days: number | null;

  @IntegerField(syncHorizon)
  sync_horizon_days: number;

  @IntegerField(generationHorizon)
  generation_horizon_days: number;

  @EnumField({
    description: 'Status; `ended` is final.',
    values: TEMPLATE_STATUSES,
    enumName: 'TemplateStatus',
    example: 'active',
  })
  status: TemplateStatus;

  @EnumField({
    description:
      'Problem that prevents the creation of further tasks, or null. `rule_too_expensive`: expanding the rule takes more steps than allowed. Change the rule, or end the template.',
    values: TEMPLATE_PROBLEMS,
    enumName: 'TemplateProblem',
    example: null,
    nullable: true,
  })
  problem: TemplateProblem | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'First `original_start` of this part of a split series.',
    example: null,
  })
  starts_from: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'First `original_start` of the next part of a split series.',
    example: null,
  })
  ends_before: string | null;

  @ApiProperty({
    ...instant,
    nullable: true,
    description:
      'Start of the next occurrence to come, RFC 3339 in UTC: the first one, moved or not, that starts later than now and is neither skipped nor closed. Null: the template is paused, has ended or will end before, or its rule has no further dates; with the anchor `completion`, also while the open occurrence has started. It changes as time passes, without a new version.',
  })
  next_at: string | null;

  @ApiProperty({
    type: String,
    format: 'date',
    nullable: true,
    description: 'Local date of `next_at` in the time zone of the rule.',
    example: '2026-05-01',
  })
  next_on: string | null;

  @ApiProperty(
    pastInstant(
      'Time up to which every occurrence has its task; null before the first. It is earlier than the horizon while 1,000 tasks of the template are ahead: the next ones are created as time passes. It is not later than the pause or the end.',
    ),
  )
  generated_through: string | null;

  @ApiProperty(pastInstant('Time of the pause; null if the template is not paused.'))
  paused_at: string | null;

  @ApiProperty(pastInstant('Time at which a paused template resumes by itself; null for none.'))
  resumes_at: string | null;

  @ApiProperty(pastInstant('Time of the end; null if the template has not ended.'))
  ended_at: string | null;

  @ApiProperty(pastInstant('Time at which the template will end by itself; null for none.'))
  ends_at: string | null;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Version, raised by one with each change.', example: 1 })
  version: number;

  @ApiProperty(instant)
  created_at: string;

  @ApiProperty(instant)
  updated_at: string;
}

const REQUIRED = ['title', 'rule'] as const;
const OPTIONAL = [
  'list_id',
  'description',
  'priority',
  'tags',
  'assignee_id',
  'estimated_duration',
  'due_offset',
  'anchor',
  'lead_days',
  'sync_horizon_days',
  'generation_horizon_days',
] as const;

class TemplateFields extends PickType(Template, [...REQUIRED, ...OPTIONAL]) {}

export class CreateTemplate extends PartialType(TemplateFields, OPTIONAL) {
  @UuidField({ ...listId, description: `${listId.description} Default: the workspace’s Inbox.`, optional: true })
  override list_id?: string;

  @EnumField({ ...priority, optional: true, default: 'medium' })
  override priority?: TaskPriority;

  @SubtasksField()
  subtasks?: TemplateSubtaskInput[];

  @EnumField({ ...anchor, optional: true, default: 'schedule' })
  override anchor?: Anchor;

  @IntegerField({ ...syncHorizon, optional: true, default: 14 })
  override sync_horizon_days?: number;

  @IntegerField({ ...generationHorizon, optional: true, default: 365 })
  override generation_horizon_days?: number;
}

/** JSON Merge Patch: absent means unchanged, null clears, also within `rule`. */
export class TemplatePatch extends PartialType(OmitType(TemplateFields, ['rule'])) {
  @ObjectField(() => RulePatch, {
    description:
      'Changes of the rule, merged into it: absent fields keep their value, and null clears one. Another `pattern`, or an `rrule` or `rdate` instead of one, also clears the settings of the former pattern.',
    example: { time: '06:45' },
    optional: true,
  })
  rule?: RulePatch;

  @SubtasksField()
  subtasks?: TemplateSubtaskInput[];
}

/** `generated_through` and `next_at` change without a new version. */
export function templateEntityTag({ version, generated_through: through, next_at: next }: Template): string {
  return [version, ...[through, next].map((time) => (time === null ? 0 : Math.floor(Date.parse(time) / 1_000)))].join(
    '.',
  );
}

export class TemplateQuery extends PageQuery {
  @UuidField({ description: 'Templates of this list only.', optional: true })
  list_id?: string;

  @UuidField({ description: 'Templates of this series only.', optional: true })
  series_id?: string;

  @EnumField({
    description: 'Templates with this status only.',
    values: TEMPLATE_STATUSES,
    enumName: 'TemplateStatus',
    optional: true,
  })
  status?: TemplateStatus;

  @EnumField({
    description: 'Sort order; ties are ordered by id.',
    values: TEMPLATE_ORDERS,
    optional: true,
    default: 'created_at',
  })
  order_by?: TemplateOrder;
}

export class DeleteTemplateQuery {
  @EnumField({
    description: '`true` deletes it for good instead of moving it to the trash. Requires the scope or role `admin`.',
    values: ['true', 'false'],
    default: 'false',
    optional: true,
  })
  permanent?: 'true' | 'false';
}

export class TemplatePage {
  @ApiProperty({ type: [Template] })
  items: Template[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}

export class ResumeTemplate {
  @EnumField({
    description: 'Occurrences of the pause that get tasks: all (`catch_up`), the last one (`latest`) or none (`skip`).',
    values: MISSED_POLICIES,
    optional: true,
    example: 'skip',
    default: 'skip',
  })
  missed?: MissedPolicy;
}

const MOMENT = 'must be an RFC 3339 instant such as 2026-05-01T09:00:00Z, or a date';

/** An instant, or a date: its beginning in the zone of the template. */
function MomentField(description: string, nullable = false): PropertyDecorator {
  const options = { description, example: '2036-12-19', optional: true, nullable };
  return FormattedField(options, 'moment', isMoment, MOMENT, { type: String });
}

function isMoment(value: unknown): boolean {
  return isInstant(value) || isCalendarDate(value);
}

export class PauseTemplate {
  @MomentField(
    'Time at which the template resumes by itself, in the future: an instant, or a date, which begins in the zone of the rule. Default: none.',
  )
  until?: string;
}

export class EndTemplate {
  @MomentField(
    'Time at which the template ends by itself: an instant, or a date, which begins in the zone of the rule. Default: now. Until then, another call moves it, and null takes it back. Tasks of later occurrences are removed at that time.',
    true,
  )
  at?: string | null;
}
