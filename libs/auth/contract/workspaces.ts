// Workspaces: the tenants. Everything belongs to one, and nothing crosses.
import { ApiProperty } from '@nestjs/swagger';
import { PageInfo, PageQuery, TextField, TimeZoneField, UuidField } from '@mono/contract';

const name = { description: 'What it is called.', example: 'Kitchen', min: 1, max: 255, notBlank: true };
const timezone = {
  description: 'Where its days begin and end, unless somebody says otherwise.',
  example: 'Europe/Berlin',
};
const instant = { type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' } as const;

export class Workspace {
  @UuidField({ description: 'UUIDv7.', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e' })
  id: string;

  @TextField(name)
  name: string;

  @TimeZoneField(timezone)
  timezone: string;

  @ApiProperty({ type: Boolean, description: 'Whether it is the one that the first start has made.', example: true })
  is_default: boolean;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Raised by one with each change.', example: 1 })
  version: number;

  @ApiProperty(instant)
  created_at: string;

  @ApiProperty(instant)
  updated_at: string;
}

export class CreateWorkspace {
  @TextField(name)
  name: string;

  @TimeZoneField({ ...timezone, optional: true, default: 'UTC' })
  timezone?: string;
}

/** JSON Merge Patch: absent means unchanged. */
export class WorkspacePatch {
  @TextField({ ...name, optional: true })
  name?: string;

  @TimeZoneField({ ...timezone, optional: true })
  timezone?: string;
}

export class WorkspaceQuery extends PageQuery {}

export class WorkspacePage {
  @ApiProperty({ type: [Workspace] })
  items: Workspace[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}
