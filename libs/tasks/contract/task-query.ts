import { ApiProperty } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import {
  EnumField,
  FormattedField,
  MomentField,
  PageInfo,
  PageQuery,
  RepeatableEnumField,
  RepeatableTextField,
  RepeatableUuidField,
  TextField,
  TimeZoneField,
  UuidField,
} from '@mono/contract';
import { Task } from './task.js';
import { includes, type TaskInclude } from './include.js';
import {
  MAX_FILTER_CHARACTERS,
  MAX_LISTS_OF_QUERY,
  MAX_TAGS,
  MAX_TAG_CHARACTERS,
  OCCURRENCES_SHOWN,
  TASK_ORDERS,
  TASK_PRIORITIES,
  TASK_STATUSES,
  type OccurrencesShown,
  type TaskOrder,
  type TaskPriority,
  type TaskStatus,
} from './task-constants.js';

/** A parameter of collections and counts. */
export const occurrences = {
  description:
    'Upcoming tasks of templates, which are due after today and not begun: `next` shows the next one of each series, `due` none, `all` all. Default: `next`; `all` where the query asks for due dates, for a template or for subtasks (`parent_id`). Subtasks of hidden tasks are hidden with them until they are begun or due.',
  values: OCCURRENCES_SHOWN,
  optional: true,
};
const orderBy = {
  description: 'The order; nulls last, ties by id. `priority` orders by meaning, `position` is the manual order.',
  values: TASK_ORDERS,
  optional: true,
};
const orderDir = { description: 'Direction of the order.', values: ['asc', 'desc'], optional: true };

/** A condition that a query may ask for. */
const isTrue = { values: ['true', 'false'], default: 'false', optional: true } as const;

/** The filters of `GET /v1/lists/{id}/tasks`; they combine freely, and all of them must hold. `before` excludes, `after` includes the instant. */
export class ListTasksQuery extends PageQuery {
  @RepeatableEnumField({
    description: 'Any of these; without it all but archived and cancelled.',
    values: TASK_STATUSES,
    code: 'unknown_status',
    optional: true,
  })
  status?: TaskStatus[];

  @RepeatableEnumField({ description: 'Any of these.', values: TASK_PRIORITIES, optional: true })
  priority?: TaskPriority[];

  @RepeatableTextField({
    description: 'All of these tags, or any with `tag_mode=any`.',
    maxItems: MAX_TAGS,
    max: MAX_TAG_CHARACTERS,
    optional: true,
  })
  tag?: string[];

  @EnumField({
    description: 'Whether all or any of the tags must be there.',
    values: ['all', 'any'],
    default: 'all',
    optional: true,
  })
  tag_mode?: 'all' | 'any';

  @UuidField({ description: 'Assigned to this member.', optional: true })
  assignee_id?: string;

  @FormattedField(
    {
      description: 'Assigned to the calling user (`me`; for an API key nothing), to nobody (`none`) or to this member.',
      example: 'me',
      optional: true,
    },
    'assignee',
    (value) => value === 'me' || value === 'none' || isUUID(value),
    'must be me, none or a UUID',
    { type: String },
  )
  assignee?: string;

  @EnumField({ ...isTrue, description: '`true`: open tasks that were due before now.' })
  overdue?: 'true' | 'false';

  @EnumField({ ...isTrue, description: '`true`: tasks without a due date.' })
  no_due?: 'true' | 'false';

  @UuidField({ description: 'Direct subtasks of this task.', optional: true })
  parent_id?: string;

  @EnumField({ ...isTrue, description: '`true` leaves out subtasks.' })
  top_level?: 'true' | 'false';

  @UuidField({ description: 'Occurrences of this template.', optional: true })
  template_id?: string;

  @MomentField({
    description:
      'Due before. A whole day (`due_on`) is due at its last millisecond. Here and below, a date is the beginning of that day in `timezone`.',
    optional: true,
  })
  due_before?: string;

  @MomentField({ description: 'Due then or later.', optional: true })
  due_after?: string;

  @MomentField({ description: 'Created before.', optional: true })
  created_before?: string;

  @MomentField({ description: 'Created then or later.', optional: true })
  created_after?: string;

  @MomentField({ description: 'Changed then or later.', optional: true })
  updated_after?: string;

  @MomentField({ description: 'Completed before.', optional: true })
  completed_before?: string;

  @MomentField({ description: 'Completed then or later.', optional: true })
  completed_after?: string;

  @TextField({
    description:
      'Full text over title, tags and description: every word, the last one also as a prefix, without regard to case and accents. `"some words"` finds them in this order; `-word` and `-"some words"` leave out what has them.',
    min: 1,
    max: 200,
    notBlank: true,
    optional: true,
  })
  q?: string;

  @TextField({
    description:
      'A filter such as `due < +7d & (priority >= high | tag:errand) & !blocked`, as the documentation of filters has it. It must hold together with all other parameters.',
    min: 1,
    max: MAX_FILTER_CHARACTERS,
    notBlank: true,
    optional: true,
  })
  filter?: string;

  @RepeatableEnumField(includes)
  include?: TaskInclude[];

  @TimeZoneField({
    description:
      'The zone of dates, also in `filter`, and of today. Default: that of the user, for an API key that of the workspace.',
    optional: true,
    example: 'Europe/Berlin',
  })
  timezone?: string;

  @EnumField(occurrences)
  occurrences?: OccurrencesShown;

  @EnumField({
    ...orderBy,
    description: `${orderBy.description} Default: \`default_order\` of the list, else \`created_at\`.`,
  })
  order_by?: TaskOrder;

  @EnumField({
    ...orderDir,
    description: `${orderDir.description} Without \`order_by\` the default is that of the list.`,
  })
  override order_dir?: 'asc' | 'desc';
}

export class TaskQuery extends ListTasksQuery {
  @RepeatableUuidField({ description: 'Tasks of any of these lists.', maxItems: MAX_LISTS_OF_QUERY, optional: true })
  list_id?: string | string[];

  @EnumField({
    description: '`exclude` leaves out the tasks of archived lists, under the time limit of searches.',
    values: ['include', 'exclude'],
    default: 'include',
    optional: true,
  })
  archived_lists?: 'include' | 'exclude';

  @EnumField({ ...orderBy, default: 'created_at' })
  override order_by?: TaskOrder;

  @EnumField(orderDir)
  override order_dir?: 'asc' | 'desc';
}

export class TaskPage {
  @ApiProperty({ type: [Task] })
  items: Task[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}
