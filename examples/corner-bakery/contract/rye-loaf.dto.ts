import { ApiProperty } from '@nestjs/swagger';
import { PageInfo, PageQuery, PartialType, PickType, TextField, UuidField } from '@mono/contract';

const instant = { type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' } as const;

export class RyeLoaf {
  @UuidField({ description: 'UUIDv7.', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e' })
  id: string;

  @TextField({ description: 'Title.', example: 'Untitled', min: 1, max: 255, notBlank: true })
  title: string;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Version, raised by one with each change.', example: 1 })
  version: number;

  @ApiProperty(instant)
  created_at: string;

  @ApiProperty(instant)
  updated_at: string;
}

export class CreateRyeLoaf extends PickType(RyeLoaf, ['title']) {}

/** JSON Merge Patch: absent means unchanged. */
export class RyeLoafPatch extends PartialType(CreateRyeLoaf) {}

export class RyeLoafQuery extends PageQuery {}

export class RyeLoafPage {
  @ApiProperty({ type: [RyeLoaf] })
  items: RyeLoaf[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}
