// Members of a workspace, and invites to it, as clients see them.
import { ApiProperty } from '@nestjs/swagger';
import { EmailField, EnumField, PageInfo, PageQuery, TextField, TimeZoneField, UuidField } from '@mono/contract';
import { ROLES, type Role } from './roles.js';
import { LinkToken, MAX_NAME_CHARACTERS, MAX_PASSWORD_CHARACTERS, MIN_PASSWORD_CHARACTERS } from './users.js';

const instant = { type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' } as const;
const role = { description: 'The role in the workspace.', values: ROLES, enumName: 'Role', example: 'member' };
const email = { description: 'The address, as typed. Case is ignored.', example: 'grace@example.com' };
const version = { type: 'integer', minimum: 1, description: 'Incremented by each change.', example: 1 } as const;

export const MEMBER_STATUSES = ['active', 'former'] as const;
export type MemberStatus = (typeof MEMBER_STATUSES)[number];

/** The name of a former member whose account is deleted. */
export const DELETED_USER_NAME = 'Deleted user';

export class Member {
  @UuidField({
    description: 'The user, as in `assignee_id`. UUIDv7.',
    example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e',
  })
  id: string;

  @TextField({
    description: `The name of the user; "${DELETED_USER_NAME}" if the account of a former member is deleted.`,
    example: 'Grace Hopper',
  })
  name: string;

  @EmailField({
    ...email,
    description: `${email.description} Absent for callers that are limited to lists, and for former members.`,
    optional: true,
  })
  email?: string;

  @EnumField({ ...role, description: 'The role in the workspace; null for former members.', nullable: true })
  role: Role | null;

  @EnumField({
    description: '`former`: no longer in the workspace, without any rights in it.',
    values: MEMBER_STATUSES,
    enumName: 'MemberStatus',
    example: 'active',
  })
  status: MemberStatus;

  @ApiProperty({ ...instant, description: 'The time of joining.' })
  joined_at: string;

  @ApiProperty(version)
  version: number;

  @ApiProperty({ ...instant, description: 'The time of the last change; of former members, the time of leaving.' })
  updated_at: string;
}

/** JSON Merge Patch: absent means unchanged. */
export class MemberPatch {
  @EnumField({ ...role, optional: true })
  role?: Role;
}

export class MemberQuery extends PageQuery {
  @EnumField({
    description: '`true`: former members, too.',
    values: ['true', 'false'],
    default: 'false',
    optional: true,
  })
  include_former?: 'true' | 'false';
}

export class MemberPage {
  @ApiProperty({ type: [Member] })
  items: Member[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}

export class Invite {
  @UuidField({ description: 'UUIDv7.', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d72' })
  id: string;

  @EmailField(email)
  email: string;

  @EnumField(role)
  role: Role;

  @ApiProperty({ ...instant, description: 'The end of the link in the last mail.' })
  expires_at: string;

  @ApiProperty(version)
  version: number;

  @ApiProperty(instant)
  created_at: string;

  @ApiProperty(instant)
  updated_at: string;
}

export class CreateInvite {
  @EmailField(email)
  email: string;

  @EnumField({ ...role, optional: true, default: 'member' })
  role?: Role;
}

export class InviteQuery extends PageQuery {}

export class InvitePage {
  @ApiProperty({ type: [Invite] })
  items: Invite[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}

/** Name and password are for people without an account, or without a verified address; they are ignored for others. */
export class AcceptInvite extends LinkToken {
  @TextField({
    description: 'The name of the new user.',
    example: 'Grace Hopper',
    min: 1,
    max: MAX_NAME_CHARACTERS,
    notBlank: true,
    optional: true,
  })
  name?: string;

  @TextField({
    description: 'The password of the new user. Common passwords and others that are easy to guess are refused.',
    min: MIN_PASSWORD_CHARACTERS,
    max: MAX_PASSWORD_CHARACTERS,
    optional: true,
  })
  password?: string;

  @TimeZoneField({
    description: 'The time zone of the new user. Default: that of the workspace.',
    example: 'Europe/London',
    optional: true,
  })
  timezone?: string;
}
