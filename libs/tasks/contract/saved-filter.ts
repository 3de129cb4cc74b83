import { ApiProperty } from '@nestjs/swagger';
import {
  ColorField,
  EnumField,
  OmitType,
  PageInfo,
  PageQuery,
  PartialType,
  PickType,
  RepeatableEnumField,
  TextField,
  TimeZoneField,
  UuidField,
} from '@mono/contract';
import { includes, type TaskInclude } from './include.js';
import {
  MAX_FILTER_CHARACTERS,
  MAX_TITLE_CHARACTERS,
  TASK_ORDERS,
  VIEWS,
  type TaskOrder,
  type View,
} from './task-constants.js';

export const FILTER_GROUPINGS = ['status', 'priority', 'assignee', 'list', 'tag', 'due'] as const;
export type FilterGrouping = (typeof FILTER_GROUPINGS)[number];

export const FILTER_VISIBILITIES = ['personal', 'shared'] as const;
export type FilterVisibility = (typeof FILTER_VISIBILITIES)[number];

/** Per user. */
export const MAX_PERSONAL_FILTERS = 200;
/** Per workspace. */
export const MAX_SHARED_FILTERS = 500;

const id = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e';
const name = {
  description: 'The name.',
  example: 'Urgent this week',
  min: 1,
  max: MAX_TITLE_CHARACTERS,
  notBlank: true,
};
const filter = {
  description:
    'As in `GET /v1/tasks?filter=`. `me` stands for each reader of the tasks. Lists and members that it names must exist.',
  example: 'due < +7d & priority >= high',
  min: 1,
  max: MAX_FILTER_CHARACTERS,
  notBlank: true,
};
const orderBy = {
  description: 'The order of its tasks, as in `GET /v1/tasks`.',
  values: TASK_ORDERS,
  example: 'due_at',
};
const orderDir = { description: 'The direction of the order.', values: ['asc', 'desc'] as const, example: 'asc' };
const groupBy = {
  description: 'By what clients group the tasks. It is stored only.',
  values: FILTER_GROUPINGS,
  enumName: 'FilterGrouping',
  nullable: true,
  example: 'status',
};
const view = {
  description: 'How clients show the tasks. It is stored only.',
  values: VIEWS,
  enumName: 'View',
  example: 'list',
};
const color = { description: 'The color in which clients show the filter.', nullable: true, example: '#1f6feb' };
const visibility = {
  description:
    '`personal`: exists for its owner only. `shared`: members read and change it. Only its owner makes a shared filter personal.',
  values: FILTER_VISIBILITIES,
  enumName: 'FilterVisibility',
  example: 'shared',
};

export class SavedFilter {
  @UuidField({ description: 'UUIDv7.', example: id })
  id: string;

  @TextField(name)
  name: string;

  @TextField(filter)
  filter: string;

  @EnumField(orderBy)
  order_by: TaskOrder;

  @EnumField(orderDir)
  order_dir: 'asc' | 'desc';

  @EnumField(groupBy)
  group_by: FilterGrouping | null;

  @EnumField(view)
  view: View;

  @ColorField(color)
  color: string | null;

  @EnumField(visibility)
  visibility: FilterVisibility;

  @UuidField({ description: 'The user who created it; null: an API key has.', nullable: true, example: id })
  owner_id: string | null;

  @ApiProperty({ type: String, description: 'Its place in the manual order, compared as bytes.', example: '0198b6c2i' })
  position: string;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Raised by one with each change.', example: 1 })
  version: number;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' })
  created_at: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' })
  updated_at: string;
}

export class CreateFilter extends PartialType(
  PickType(SavedFilter, ['name', 'filter', 'order_by', 'order_dir', 'group_by', 'view', 'color', 'visibility']),
  ['order_by', 'order_dir', 'group_by', 'view', 'color', 'visibility'],
) {
  @EnumField({ ...orderBy, optional: true, default: 'created_at' })
  override order_by?: TaskOrder;

  @EnumField({ ...orderDir, optional: true, default: 'asc' })
  override order_dir?: 'asc' | 'desc';

  @EnumField({ ...view, optional: true, default: 'list' })
  override view?: View;

  @EnumField({
    ...visibility,
    description: `${visibility.description} Default: \`personal\`, for an API key \`shared\`.`,
    optional: true,
  })
  override visibility?: FilterVisibility;

  @UuidField({ description: 'Place it before this filter.', optional: true })
  before?: string;

  @UuidField({ description: 'Place it after this filter. Default: the end.', optional: true })
  after?: string;
}

/** JSON Merge Patch: absent means unchanged, null clears. */
export class FilterPatch extends PartialType(CreateFilter) {}

/** An absent field is set to its default. The position stays. */
export class FilterReplacement extends OmitType(CreateFilter, ['visibility', 'before', 'after']) {
  @EnumField(visibility)
  visibility: FilterVisibility;
}

export class FilterQuery extends PageQuery {}

export class FilterTasksQuery extends PageQuery {
  @EnumField({ ...orderBy, description: 'Default: the order of the filter.', optional: true })
  order_by?: TaskOrder;

  @EnumField({
    ...orderDir,
    description: 'Default: with `order_by` ascending, else that of the filter.',
    optional: true,
  })
  override order_dir?: 'asc' | 'desc';

  @UuidField({ description: 'Tasks of this list.', optional: true })
  list_id?: string;

  @RepeatableEnumField(includes)
  include?: TaskInclude[];

  @TimeZoneField({
    description:
      'The zone of the dates in the filter. Default: that of the user, for an API key that of the workspace.',
    optional: true,
    example: 'Europe/Berlin',
  })
  timezone?: string;
}

export class FilterPage {
  @ApiProperty({ type: [SavedFilter] })
  items: SavedFilter[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}
