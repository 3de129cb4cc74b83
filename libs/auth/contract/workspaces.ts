// Workspaces, the tenants.
import { ApiProperty } from '@nestjs/swagger';
import {
  EnumField,
  PageInfo,
  PageQuery,
  PartialType,
  PickType,
  TextField,
  TimeZoneField,
  UuidField,
} from '@mono/contract';

const name = { description: 'The name of the workspace.', example: 'Kitchen', min: 1, max: 255, notBlank: true };
const timezone = {
  description: 'The default time zone of the workspace, an IANA name.',
  example: 'Europe/Berlin',
};
const instant = { type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' } as const;

export const TIME_AUDIENCES = ['everyone', 'admins'] as const;
export type TimeAudience = (typeof TIME_AUDIENCES)[number];

export class Workspace {
  @UuidField({ description: 'UUIDv7.', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e' })
  id: string;

  @TextField(name)
  name: string;

  @TimeZoneField(timezone)
  timezone: string;

  @EnumField({
    description:
      'Readers of the time of others, in entries, reports and changes. `everyone`: all members. `admins`: owners, admins and API keys; members and viewers read their own only.',
    values: TIME_AUDIENCES,
    enumName: 'TimeAudience',
    example: 'everyone',
  })
  time_entries_visible_to: TimeAudience;

  @ApiProperty({ type: Boolean, description: 'Whether the first start has created it.', example: true })
  is_default: boolean;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Incremented by each change.', example: 1 })
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
export class WorkspacePatch extends PartialType(PickType(Workspace, ['name', 'timezone', 'time_entries_visible_to'])) {}

export class WorkspaceQuery extends PageQuery {}

export class WorkspacePage {
  @ApiProperty({ type: [Workspace] })
  items: Workspace[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}
