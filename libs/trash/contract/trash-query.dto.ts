import { ApiProperty } from '@nestjs/swagger';
import { PageInfo, PageQuery, PickType, RepeatableTextField, TextField, UuidField } from '@mono/contract';
import { TrashItem } from './trash-item.dto.js';

export class TrashQuery extends PickType(PageQuery, ['limit', 'cursor', 'count']) {
  @RepeatableTextField({
    description: 'Only things of these types, such as `task`.',
    maxItems: 20,
    max: 64,
    optional: true,
  })
  types?: string[];

  @UuidField({ description: 'Only what was in this list, and the list itself.', optional: true })
  list_id?: string;

  @TextField({
    description: 'Only things whose title contains this, in any case.',
    min: 1,
    max: 200,
    notBlank: true,
    optional: true,
  })
  q?: string;
}

export class TrashPage {
  @ApiProperty({ type: [TrashItem] })
  items: TrashItem[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}
