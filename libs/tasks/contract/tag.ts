import { ApiProperty } from '@nestjs/swagger';
import { EnumField, PageInfo, PageQuery, TextField } from '@mono/contract';
import { MAX_TAG_CHARACTERS, type OccurrencesShown } from './task-constants.js';
import { occurrences } from './task-query.js';

const name = { description: 'The tag.', example: 'errand', min: 1, max: MAX_TAG_CHARACTERS, notBlank: true };

export class Tag {
  @TextField(name)
  name: string;

  @ApiProperty({
    type: 'integer',
    description: 'Tasks that carry it, archived and cancelled ones included.',
    example: 4,
  })
  count: number;
}

export class TagQuery extends PageQuery {
  @TextField({ description: 'Tags that begin so.', min: 1, max: MAX_TAG_CHARACTERS, optional: true })
  prefix?: string;

  @EnumField({ ...occurrences, default: 'next', description: `Which tasks count. ${occurrences.description}` })
  occurrences?: OccurrencesShown;
}

export class TagPage {
  @ApiProperty({ type: [Tag] })
  items: Tag[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}

/** `PATCH /v1/tags/{name}`. A name that is already in use is refused: that would be a merge. */
export class TagPatch {
  @TextField({ ...name, description: 'The new name.', example: 'chore' })
  name: string;
}

/** `POST /v1/tags/{name}/merge`. */
export class MergeTag {
  @TextField({
    ...name,
    description: 'The tag that takes the place of the merged one.',
    example: 'chore',
  })
  into: string;
}

export class TagChange {
  @TextField(name)
  name: string;

  @ApiProperty({ type: 'integer', description: 'Tasks that were changed.', example: 4 })
  changed: number;
}
