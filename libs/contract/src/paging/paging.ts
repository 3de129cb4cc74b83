// Paging by keyset cursor or by offset; the same envelope for every collection.
import { ApiProperty } from '@nestjs/swagger';
import { EnumField, IntegerField, TextField } from '../validation/fields.js';

export const DEFAULT_PAGE_LIMIT = 25;
export const MAX_PAGE_LIMIT = 500;
export const MAX_OFFSET = 10_000;
/** A page ends early, with its cursor, when its items pass this many bytes of JSON. */
export const MAX_PAGE_BYTES = 4 * 1024 * 1024;

/** The parameters that every collection takes, besides its own filters and `order_by`. */
export class PageQuery {
  @IntegerField({
    description: 'Items per page.',
    min: 1,
    max: MAX_PAGE_LIMIT,
    default: DEFAULT_PAGE_LIMIT,
    optional: true,
    fromQuery: true,
    example: 25,
  })
  limit?: number;

  @TextField({
    description: 'Where the page before ended: its `page.next_cursor`, with the same filters and order.',
    max: 4096,
    min: 1,
    optional: true,
  })
  cursor?: string;

  @IntegerField({
    description: 'Items to skip, instead of a cursor.',
    min: 0,
    max: MAX_OFFSET,
    optional: true,
    fromQuery: true,
  })
  offset?: number;

  @EnumField({
    description: '`exact` counts all matches into `page.total`.',
    values: ['exact', 'none'],
    default: 'none',
    optional: true,
  })
  count?: 'exact' | 'none';

  @EnumField({ description: 'Direction of the order.', values: ['asc', 'desc'], default: 'asc', optional: true })
  order_dir?: 'asc' | 'desc';
}

export class PageInfo {
  @ApiProperty({ type: 'integer', description: 'Items asked for.', example: 25 })
  limit: number;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Pass it as `cursor` for the next page; null at the end.',
    example: null,
  })
  next_cursor: string | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'All matches, with `count=exact` only.', example: null })
  total: number | null;
}

export interface Page<Item> {
  items: Item[];
  page: PageInfo;
}
