// Reports: where the time has gone, and how tasks flow.
import { ApiProperty } from '@nestjs/swagger';
import {
  Checked,
  EnumField,
  MomentField,
  IntegerField,
  MEASURED_DURATION,
  PageInfo,
  ReadFromText,
  TextField,
  TimeZoneField,
  UuidField,
} from '@mono/contract';
import { MAX_TAG_CHARACTERS, TASK_STATUSES, type TaskStatus } from '@mono/tasks/contract';
import { applyDecorators } from '@nestjs/common';
import { ValidateIf } from 'class-validator';
import { GROUPS, MAX_GROUPS, WEEKS, type Group, type Week } from './time-constants.js';

const uuid = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6f';
const instant = { type: String, format: 'date-time', example: '2026-11-01T00:00:00.000Z' } as const;
const duration = { ...MEASURED_DURATION, example: 'PT7H30M' } as const;
const count = { type: 'integer', minimum: 0, example: 3 } as const;

function isGroups(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length <= MAX_GROUPS &&
    new Set(value).size === value.length &&
    value.every((group) => (GROUPS as readonly unknown[]).includes(group))
  );
}

/** `a,b` or repeated. */
function GroupByField(): PropertyDecorator {
  return applyDecorators(
    ReadFromText((value) =>
      (Array.isArray(value) ? value : [value]).flatMap((part: unknown) =>
        typeof part === 'string' ? part.split(',') : [part],
      ),
    ),
    ValidateIf((_query, value) => value !== undefined),
    Checked('groups', isGroups, `must be at most ${MAX_GROUPS} different ones of ${GROUPS.join(', ')}`),
    ApiProperty({
      description: 'By what the time is grouped, in this order: repeated, or with commas. Without it: the total alone.',
      required: false,
      enum: [...GROUPS],
      enumName: 'TimeGroup',
      isArray: true,
      maxItems: MAX_GROUPS,
      example: ['week', 'list'],
    }),
  );
}

/** What a report covers. */
export class Coverage {
  @MomentField({ description: 'From when. A date is the beginning of that day in `tz`.', example: '2026-11-01' })
  from: string;

  @MomentField({
    description:
      'Until when, itself not included; at most ten years later. A date is the beginning of that day in `tz`.',
    example: '2026-12-01',
  })
  to: string;

  @TimeZoneField({
    description:
      'The zone in which days begin and end. Default: that of the user, for an API key that of the workspace.',
    example: 'Europe/Berlin',
    optional: true,
  })
  tz?: string;

  @EnumField({
    description: 'On which day weeks begin; `iso` names them by year and number, the others by their first day.',
    values: WEEKS,
    enumName: 'Week',
    default: 'iso',
    optional: true,
  })
  week?: Week;

  @UuidField({ description: 'Only tasks that are in this list now.', optional: true })
  list_id?: string;

  @UuidField({ description: 'Only this task.', optional: true })
  task_id?: string;

  @UuidField({ description: 'Only tasks that are assigned to this member now.', optional: true })
  assignee_id?: string;

  @UuidField({ description: 'Only tasks of this template.', optional: true })
  template_id?: string;

  @TextField({
    description: 'Only tasks with this tag, and entries with it.',
    min: 1,
    max: MAX_TAG_CHARACTERS,
    optional: true,
  })
  tag?: string;
}

export class GroupedCoverage extends Coverage {
  @GroupByField()
  group_by?: Group[];

  @TextField({
    description: 'Where the page before ended: its `page.next_cursor`, with the same parameters.',
    max: 4096,
    min: 1,
    optional: true,
  })
  cursor?: string;
}

export class ReportQuery extends GroupedCoverage {
  @IntegerField({ description: 'Rows per page.', min: 1, max: 500, default: 100, optional: true, fromQuery: true })
  limit?: number;
}

/** Time by spans and by entries, each counted apart: both may tell of the same work. Exact, to the millisecond. */
export class TrackedTime {
  @ApiProperty({ ...duration, description: 'In `in_progress`. What runs is counted until `as_of`.' })
  worked: string;

  @ApiProperty({ ...duration, description: 'By entries. What runs is counted until `as_of`.' })
  entered: string;

  @ApiProperty({ ...duration, description: 'Of the entered, what is billable.', example: 'PT2H' })
  billable: string;

  @ApiProperty({ ...duration, nullable: true, description: 'The entered, as the workspace rounds it.', example: null })
  entered_rounded: string | null;

  @ApiProperty({ ...count, description: 'Spans that it counts, or parts of.' })
  spans: number;

  @ApiProperty({ ...count, description: 'Entries that it counts, or parts of.' })
  entries: number;
}

/** The groups that were asked for; null: none, such as no assignee. */
export class ReportRow extends TrackedTime {
  @ApiProperty({ type: String, format: 'date', required: false, description: 'In `tz`.', example: '2026-11-02' })
  day?: string;

  @ApiProperty({
    type: String,
    required: false,
    description: 'In `tz`: 2026-W45, or its first day.',
    example: '2026-W45',
  })
  week?: string;

  @ApiProperty({ type: String, required: false, description: 'In `tz`.', example: '2026-11' })
  month?: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, required: false, example: uuid })
  task?: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    required: false,
    description: 'With `task`.',
    example: 'Water the plants',
  })
  task_title?: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    required: false,
    description: 'Of the task, now.',
    example: uuid,
  })
  list?: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    required: false,
    description:
      'With `list`: its title, also in the trash. Null without a list, for one that is deleted for good, and while tasks are unavailable.',
    example: 'Kitchen',
  })
  list_title?: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    required: false,
    description: 'Rows of tags overlap.',
    example: 'garden',
  })
  tag?: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    required: false,
    description: 'Of the task, now.',
    example: uuid,
  })
  assignee?: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    required: false,
    description: 'With `assignee`: the name, also of a former member. Null without one, and while auth is unavailable.',
    example: 'Grace Hopper',
  })
  assignee_name?: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    required: false,
    description: 'Of the task, now.',
    example: uuid,
  })
  template?: string | null;

  @ApiProperty({
    enum: [...TASK_STATUSES],
    enumName: 'TaskStatus',
    nullable: true,
    required: false,
    description: 'Of the task, now; null when it is deleted.',
    example: 'done',
  })
  status?: TaskStatus | null;

  @ApiProperty({
    type: String,
    nullable: true,
    required: false,
    description: 'Whose entry it is, or who put the task to `in_progress`.',
    example: uuid,
  })
  person?: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    required: false,
    description:
      'With `person`: the name, also of a former member. Null for an API key or the system, and while auth is unavailable.',
    example: 'Grace Hopper',
  })
  person_name?: string | null;
}

export class TimeReport {
  @ApiProperty({ ...instant, description: 'The instant that `from` stands for.' })
  from: string;

  @ApiProperty({ ...instant, description: 'The instant that `to` stands for.' })
  to: string;

  @ApiProperty({ type: String, example: 'Europe/Berlin' })
  tz: string;

  @ApiProperty({ ...instant, description: 'What runs is counted until then; the same on every page.' })
  as_of: string;

  @ApiProperty({ type: TrackedTime, description: 'Of everything that is covered; each span and entry once.' })
  total: TrackedTime;

  @ApiProperty({ type: [ReportRow], description: 'In the order of their groups; none where nothing is grouped.' })
  items: ReportRow[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}

/** Tasks that were completed in the time and have not been taken up since; they may be archived or deleted by now. */
export class FlowQuery extends Coverage {}

export class Distribution {
  @ApiProperty({ ...duration, description: 'The mean.' })
  mean: string;

  @ApiProperty({ ...duration, description: 'Half of them took at most this long.' })
  p50: string;

  @ApiProperty({ ...duration, description: '85 % of them took at most this long.' })
  p85: string;

  @ApiProperty({ ...duration, description: '95 % of them took at most this long.' })
  p95: string;
}

export class StatusTime {
  @ApiProperty({ enum: [...TASK_STATUSES], enumName: 'TaskStatus', example: 'blocked' })
  status: TaskStatus;

  @ApiProperty({ ...duration, description: 'Of all of them, before they were completed.' })
  total: string;

  @ApiProperty({ ...duration, description: 'Per completed task.' })
  mean: string;
}

export class WeekThroughput {
  @ApiProperty({ type: String, description: 'The week in `tz`.', example: '2026-W45' })
  week: string;

  @ApiProperty({ ...count, description: 'Tasks completed in it.' })
  completed: number;
}

/** Of the completed tasks with an estimate that were ever in `in_progress`. */
export class EstimateAccuracy {
  @ApiProperty({ ...count, description: 'How many these are.' })
  tasks: number;

  @ApiProperty({ ...duration, description: 'What they were estimated at.' })
  estimated: string;

  @ApiProperty({ ...duration, description: 'What they took in `in_progress`.' })
  worked: string;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Half of them took at most so many times the estimate.',
    example: 1.1,
  })
  median_ratio: number | null;
}

export class TimeFlow {
  @ApiProperty({ ...instant, description: 'The instant that `from` stands for.' })
  from: string;

  @ApiProperty({ ...instant, description: 'The instant that `to` stands for.' })
  to: string;

  @ApiProperty({ type: String, example: 'Europe/Berlin' })
  tz: string;

  @ApiProperty({ ...count, description: 'Tasks completed.' })
  completed: number;

  @ApiProperty({ type: Distribution, nullable: true, description: 'From their creation to their completion.' })
  lead_time: Distribution | null;

  @ApiProperty({
    type: Distribution,
    nullable: true,
    description: 'From when they first came to `in_progress`, of those that ever did, to their completion.',
  })
  cycle_time: Distribution | null;

  @ApiProperty({ type: [StatusTime], description: 'Where their time went.' })
  statuses: StatusTime[];

  @ApiProperty({ type: [WeekThroughput], description: 'Every week of the time, also those without any.' })
  throughput: WeekThroughput[];

  @ApiProperty({ type: EstimateAccuracy })
  estimates: EstimateAccuracy;
}
