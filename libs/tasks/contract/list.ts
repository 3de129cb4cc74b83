import { ApiProperty } from '@nestjs/swagger';
import {
  BooleanField,
  ColorField,
  EnumField,
  IconField,
  MomentField,
  PageInfo,
  PageQuery,
  PartialType,
  PickType,
  TextField,
  TimeZoneField,
  UuidField,
} from '@mono/contract';
import {
  LIST_ORDERS,
  MAX_DESCRIPTION_BYTES,
  MAX_TITLE_CHARACTERS,
  ON_COMPLETE_WITH_SUBTASKS,
  TASK_ORDERS,
  TITLE_POLICIES,
  VIEWS,
  type ListOrder,
  type OnCompleteWithSubtasks,
  type TaskOrder,
  type TitlePolicy,
  type View,
} from './task-constants.js';
import { permanent } from './task-fields.js';

const title = {
  description: 'What the list is called.',
  example: 'Groceries',
  min: 1,
  max: MAX_TITLE_CHARACTERS,
  notBlank: true,
};
const description = {
  description: 'Free text.',
  example: 'Food that is running out',
  maxBytes: MAX_DESCRIPTION_BYTES,
  nullable: true,
};
const titlePolicy = {
  description: '`unique` refuses a second task with the same title (trimmed, without regard to case).',
  values: TITLE_POLICIES,
  enumName: 'TitlePolicy',
  example: 'any',
};
const color = { description: 'The color in which clients show the list.', example: '#2e7d32', nullable: true };
const icon = {
  description: 'One emoji, or the name of an icon of letters a-z, digits and hyphens.',
  example: '🛒',
  nullable: true,
};
const defaultView = {
  description: 'How clients show the list.',
  values: VIEWS,
  enumName: 'View',
  example: 'list',
};
const timezone = {
  description:
    'The IANA zone of `due_on` and `starts_on` of its tasks that name none. Null: that of the user who writes the task, for an API key that of the workspace.',
  example: 'Europe/Berlin',
  nullable: true,
};
const defaultOrder = {
  description: 'The order of `GET /v1/lists/{id}/tasks` without `order_by`; null: `position`.',
  values: TASK_ORDERS,
  example: 'position',
  nullable: true,
};
const defaultOrderDir = {
  description: 'The direction of the default order.',
  values: ['asc', 'desc'] as const,
  example: 'asc',
};
const onCompleteWithSubtasks = {
  description:
    'The open subtasks, at all levels, of a task of the list that is moved to `done`: `leave` leaves them open, `complete` completes them with it (at most 500), `refuse` refuses the move with 409 `open_subtasks`.',
  values: ON_COMPLETE_WITH_SUBTASKS,
  enumName: 'OnCompleteWithSubtasks',
  example: 'leave',
};
const archived = {
  description: 'Whether the list is archived: absent from `GET /v1/lists`, and without room for new tasks.',
  example: false,
};

export class ListCounts {
  @ApiProperty({ type: 'integer', description: 'All tasks of the list.', example: 12 })
  total: number;

  @ApiProperty({
    type: 'integer',
    description: 'Those in `todo`, `in_progress` or `blocked`, without upcoming ones.',
    example: 7,
  })
  open: number;

  @ApiProperty({
    type: 'integer',
    description:
      'Tasks of templates that are due after today and not begun, without the next one of each series, and their subtasks that are not due or begun either.',
    example: 0,
  })
  upcoming: number;
}

export class List {
  @UuidField({ description: 'UUIDv7.', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e' })
  id: string;

  @TextField(title)
  title: string;

  @EnumField(titlePolicy)
  title_policy: TitlePolicy;

  @TextField(description)
  description: string | null;

  @ColorField(color)
  color: string | null;

  @IconField(icon)
  icon: string | null;

  @ApiProperty({
    type: String,
    description:
      'Its place among the lists of the workspace: keys compare as bytes. The Inbox is first until one is moved.',
    example: '0198b6c25f5e7c3a9d0e3b1f2a4c5d6ei',
  })
  position: string;

  @ApiProperty({
    type: Boolean,
    description: 'Whether it is the Inbox, which takes tasks without a list.',
    example: false,
  })
  is_inbox: boolean;

  @ApiProperty({
    type: Boolean,
    required: false,
    description: 'Whether it is a favorite of the user who reads it. Absent for API keys and in the change feed.',
    example: false,
  })
  favorite?: boolean;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it was archived; null: it is not.',
    example: null,
  })
  archived_at: string | null;

  @TimeZoneField(timezone)
  timezone: string | null;

  @EnumField(defaultView)
  default_view: View;

  @EnumField(defaultOrder)
  default_order: TaskOrder | null;

  @EnumField(defaultOrderDir)
  default_order_dir: 'asc' | 'desc';

  @EnumField(onCompleteWithSubtasks)
  on_complete_with_subtasks: OnCompleteWithSubtasks;

  @ApiProperty({ type: ListCounts })
  counts: ListCounts;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Raised by one with each change.', example: 1 })
  version: number;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' })
  created_at: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' })
  updated_at: string;
}

const OPTIONAL = [
  'title_policy',
  'description',
  'color',
  'icon',
  'timezone',
  'default_view',
  'default_order',
  'default_order_dir',
  'on_complete_with_subtasks',
] as const;

/** Fields that clients write, with the defaults of those that may be absent. */
class ListContent extends PartialType(PickType(List, ['title', ...OPTIONAL]), OPTIONAL) {
  @EnumField({ ...titlePolicy, optional: true, default: 'any' })
  override title_policy?: TitlePolicy;

  @EnumField({ ...defaultView, optional: true, default: 'list' })
  override default_view?: View;

  @EnumField({ ...defaultOrderDir, optional: true, default: 'asc' })
  override default_order_dir?: 'asc' | 'desc';

  @EnumField({ ...onCompleteWithSubtasks, optional: true, default: 'leave' })
  override on_complete_with_subtasks?: OnCompleteWithSubtasks;
}

export class CreateList extends ListContent {
  @UuidField({ description: 'Places the list directly before this one.', optional: true })
  before?: string;

  @UuidField({ description: 'Places the list directly after this one. Default: the end.', optional: true })
  after?: string;
}

/** JSON Merge Patch: absent means unchanged, null clears. `before` and `after` move the list. */
export class ListPatch extends PartialType(CreateList) {
  @BooleanField({ ...archived, optional: true })
  archived?: boolean;
}

/** An absent field is set to its default. The position stays. */
export class ListReplacement extends ListContent {
  @BooleanField({ ...archived, optional: true, default: false })
  archived?: boolean;
}

/** Counts and favorites are part of what shows, so they are part of the tag. */
export function listEntityTag({ version, counts, favorite = false }: List): string {
  const upcoming = counts.upcoming > 0 ? `-u${counts.upcoming}` : '';
  return `${version}.${counts.total}-${counts.open}${upcoming}${favorite ? '-f' : ''}`;
}

export class ListQuery extends PageQuery {
  @TextField({
    description: 'Part of the title, in any case.',
    min: 1,
    max: MAX_TITLE_CHARACTERS,
    notBlank: true,
    optional: true,
  })
  title_contains?: string;

  @MomentField({
    description: 'Created before. A date is the beginning of that day in the zone of the caller.',
    optional: true,
  })
  created_before?: string;

  @MomentField({ description: 'Created then or later.', optional: true })
  created_after?: string;

  @EnumField({
    description: '`true`: archived lists only; `all`: them too.',
    values: ['false', 'true', 'all'],
    optional: true,
    default: 'false',
  })
  archived?: 'false' | 'true' | 'all';

  @EnumField({
    description: 'Favorites of the user, or all but these. API keys have none: the answer is 403 `forbidden`.',
    values: ['true', 'false'],
    optional: true,
  })
  favorite?: 'true' | 'false';

  @EnumField({
    description: 'The order; ties by id. `position` is the manual order.',
    values: LIST_ORDERS,
    optional: true,
    default: 'created_at',
  })
  order_by?: ListOrder;
}

/** What becomes of the tasks of a list that is deleted. Without it, a list that has tasks is refused. */
export class DeleteListQuery {
  @EnumField({
    description: '`delete` deletes the tasks too, `move` moves them to the list `to`.',
    values: ['delete', 'move'],
    optional: true,
  })
  tasks?: 'delete' | 'move';

  @UuidField({ description: 'Where the tasks go, with `tasks=move`.', optional: true })
  to?: string;

  @EnumField(permanent)
  permanent?: 'true' | 'false';
}

export class ListPage {
  @ApiProperty({ type: [List] })
  items: List[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}
