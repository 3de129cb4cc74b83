import { ApiProperty } from '@nestjs/swagger';
import { EnumField, PageInfo, PageQuery, PartialType, PickType, TextField, UuidField } from '@mono/contract';
import {
  LIST_ORDERS,
  MAX_DESCRIPTION_BYTES,
  MAX_TITLE_CHARACTERS,
  TITLE_POLICIES,
  type ListOrder,
  type TitlePolicy,
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
  example: 'What the kitchen lacks',
  maxBytes: MAX_DESCRIPTION_BYTES,
  nullable: true,
};
const titlePolicy = {
  description: '`unique` refuses a second task with the same title (trimmed, without regard to case).',
  values: TITLE_POLICIES,
  enumName: 'TitlePolicy',
  example: 'any',
};

export class ListCounts {
  @ApiProperty({ type: 'integer', description: 'All tasks of the list.', example: 12 })
  total: number;

  @ApiProperty({ type: 'integer', description: 'Those in `todo`, `in_progress` or `blocked`.', example: 7 })
  open: number;
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

  @ApiProperty({
    type: Boolean,
    description: 'Whether it is the Inbox, which takes tasks without a list.',
    example: false,
  })
  is_inbox: boolean;

  @ApiProperty({ type: ListCounts })
  counts: ListCounts;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Raised by one with each change.', example: 1 })
  version: number;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' })
  created_at: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' })
  updated_at: string;
}

export class CreateList extends PartialType(PickType(List, ['title', 'title_policy', 'description']), [
  'title_policy',
  'description',
]) {
  @EnumField({ ...titlePolicy, optional: true, default: 'any' })
  override title_policy?: TitlePolicy;
}

/** JSON Merge Patch: absent means unchanged, null clears. */
export class ListPatch extends PartialType(CreateList) {}

/** An absent field is set to its default. */
export class ListReplacement extends CreateList {}

/** Counts are part of what shows, so they are part of the tag. */
export function listEntityTag({ version, counts }: List): string {
  return `${version}.${counts.total}-${counts.open}`;
}

export class ListQuery extends PageQuery {
  @EnumField({ description: 'The order; ties by id.', values: LIST_ORDERS, optional: true, default: 'created_at' })
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
