// Templates: what recurs, by which rule, and how far ahead its tasks are made.
import { ApiProperty } from '@nestjs/swagger';
import {
  DurationField,
  EnumField,
  IntegerField,
  ObjectField,
  PageInfo,
  PageQuery,
  TextField,
  TextsField,
  UuidField,
} from '@mono/contract';
import {
  MAX_DESCRIPTION_BYTES,
  MAX_TAGS,
  MAX_TAG_CHARACTERS,
  MAX_TITLE_CHARACTERS,
  TASK_PRIORITIES,
  type TaskPriority,
} from '@mono/tasks/contract';
import { Rule } from './rule.js';
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

export const MAX_LEAD_DAYS = 730;

const uuid = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e';
const listId = { description: 'The list that its tasks go to.', example: uuid };
const title = {
  description: 'Of each task.',
  example: 'Water the plants',
  min: 1,
  max: MAX_TITLE_CHARACTERS,
  notBlank: true,
};
const description = { description: 'Of each task.', maxBytes: MAX_DESCRIPTION_BYTES, nullable: true, example: null };
const priority = { description: 'Of each task.', values: TASK_PRIORITIES, enumName: 'TaskPriority', example: 'medium' };
const tags = {
  description: 'Of each task.',
  maxItems: MAX_TAGS,
  max: MAX_TAG_CHARACTERS,
  unique: true,
  example: ['home'],
};
const assigneeId = { description: 'The member who is to do each task.', example: null, nullable: true };
const estimatedDuration = { description: 'The effort of each task, ISO 8601.', example: 'PT15M', nullable: true };
const rule = {
  description: 'When it recurs.',
  example: { dtstart: '2026-05-04T09:00:00', timezone: 'Europe/Berlin', pattern: 'weekly', days_of_week: ['MO', 'TH'] },
};
const dueOffset = {
  description:
    'How long after its start an occurrence is due, ISO 8601: days, weeks, months and years by the calendar of the rule’s zone, hours and less by elapsed time. Null: at its start.',
  example: 'P1DT2H',
  nullable: true,
};
const anchor = {
  description:
    '`schedule`: by the rule alone. `completion`: there is one live occurrence, and the next one counts from when it is done, cancelled, skipped or deleted.',
  values: ANCHORS,
  enumName: 'RecurrenceAnchor',
  example: 'schedule',
};
const leadDays = {
  description: 'Make each task so many days before it starts, instead of the two horizons.',
  min: 0,
  max: MAX_LEAD_DAYS,
  nullable: true,
  example: null,
};
const syncHorizon = { description: 'How many days ahead tasks are there at once.', min: 1, max: 90, example: 14 };
const generationHorizon = {
  description: 'How many days ahead tasks are made in the background, at most 1,000 of them at a time.',
  min: 30,
  max: 730,
  example: 365,
};
const instant = { type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' } as const;
const pastInstant = (what: string) => ({ ...instant, nullable: true, description: what, example: null }) as const;

/** What a template is made with. */
export class CreateTemplate {
  @UuidField({ ...listId, description: `${listId.description} Without it: the workspace's Inbox.`, optional: true })
  list_id?: string;

  @TextField(title)
  title: string;

  @TextField({ ...description, optional: true })
  description?: string | null;

  @EnumField({ ...priority, optional: true, default: 'medium' })
  priority?: TaskPriority;

  @TextsField({ ...tags, optional: true })
  tags?: string[];

  @UuidField({ ...assigneeId, optional: true })
  assignee_id?: string | null;

  @DurationField({ ...estimatedDuration, optional: true })
  estimated_duration?: string | null;

  @ObjectField(() => Rule, rule)
  rule: Rule;

  @DurationField({ ...dueOffset, optional: true })
  due_offset?: string | null;

  @EnumField({ ...anchor, optional: true, default: 'schedule' })
  anchor?: Anchor;

  @IntegerField({ ...leadDays, optional: true })
  lead_days?: number | null;

  @IntegerField({ ...syncHorizon, optional: true, default: 14 })
  sync_horizon_days?: number;

  @IntegerField({ ...generationHorizon, optional: true, default: 365 })
  generation_horizon_days?: number;
}

export class Template {
  @UuidField({ description: 'UUIDv7.', example: uuid })
  id: string;

  @UuidField({ description: 'What it shares with the templates that were split from it.', example: uuid })
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

  @DurationField(estimatedDuration)
  estimated_duration: string | null;

  @ObjectField(() => Rule, rule)
  rule: Rule;

  @DurationField(dueOffset)
  due_offset: string | null;

  @EnumField(anchor)
  anchor: Anchor;

  @IntegerField(leadDays)
  lead_days: number | null;

  @IntegerField(syncHorizon)
  sync_horizon_days: number;

  @IntegerField(generationHorizon)
  generation_horizon_days: number;

  @EnumField({
    description: '`ended` is for good.',
    values: TEMPLATE_STATUSES,
    enumName: 'TemplateStatus',
    example: 'active',
  })
  status: TemplateStatus;

  @EnumField({
    description:
      'Why no further tasks are planned; null: they are. `rule_too_expensive`: the rule takes more steps to expand than are allowed. Change the rule, or end the template.',
    values: TEMPLATE_PROBLEMS,
    enumName: 'TemplateProblem',
    example: null,
    nullable: true,
  })
  problem: TemplateProblem | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Of a part of a split series: the first `original_start` that is its own.',
    example: null,
  })
  starts_from: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Of a part of a split series: the first `original_start` that is the next part’s.',
    example: null,
  })
  ends_before: string | null;

  @ApiProperty(pastInstant('Until when every occurrence has its task.'))
  generated_through: string | null;

  @ApiProperty(pastInstant('When it was paused; null unless it is.'))
  paused_at: string | null;

  @ApiProperty(pastInstant('When it ended; null unless it has.'))
  ended_at: string | null;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Raised by one with each change.', example: 1 })
  version: number;

  @ApiProperty(instant)
  created_at: string;

  @ApiProperty(instant)
  updated_at: string;
}

/** JSON Merge Patch: absent means unchanged, null clears. A `rule` replaces the whole rule. */
export class TemplatePatch {
  @UuidField({ ...listId, optional: true })
  list_id?: string;

  @TextField({ ...title, optional: true })
  title?: string;

  @TextField({ ...description, optional: true })
  description?: string | null;

  @EnumField({ ...priority, optional: true })
  priority?: TaskPriority;

  @TextsField({ ...tags, optional: true })
  tags?: string[];

  @UuidField({ ...assigneeId, optional: true })
  assignee_id?: string | null;

  @DurationField({ ...estimatedDuration, optional: true })
  estimated_duration?: string | null;

  @ObjectField(() => Rule, { ...rule, optional: true })
  rule?: Rule;

  @DurationField({ ...dueOffset, optional: true })
  due_offset?: string | null;

  @EnumField({ ...anchor, optional: true })
  anchor?: Anchor;

  @IntegerField({ ...leadDays, optional: true })
  lead_days?: number | null;

  @IntegerField({ ...syncHorizon, optional: true })
  sync_horizon_days?: number;

  @IntegerField({ ...generationHorizon, optional: true })
  generation_horizon_days?: number;
}

/** What shows besides the version: how far its tasks are made. */
export function templateEntityTag({ version, generated_through: through }: Template): string {
  return `${version}.${through === null ? 0 : Math.floor(Date.parse(through) / 1_000)}`;
}

export class TemplateQuery extends PageQuery {
  @UuidField({ description: 'Those of this list.', optional: true })
  list_id?: string;

  @UuidField({ description: 'Those of this series.', optional: true })
  series_id?: string;

  @EnumField({ description: 'Those that are.', values: TEMPLATE_STATUSES, enumName: 'TemplateStatus', optional: true })
  status?: TemplateStatus;

  @EnumField({ description: 'The order; ties by id.', values: TEMPLATE_ORDERS, optional: true, default: 'created_at' })
  order_by?: TemplateOrder;
}

export class TemplatePage {
  @ApiProperty({ type: [Template] })
  items: Template[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}

export class ResumeTemplate {
  @EnumField({
    description:
      'What becomes of the occurrences of the pause: `catch_up` makes all of them, `latest` the last one, `skip` none.',
    values: MISSED_POLICIES,
    optional: true,
    example: 'skip',
    default: 'skip',
  })
  missed?: MissedPolicy;
}
