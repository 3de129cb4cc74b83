// Users as clients see them, and the inputs about accounts.
import { createHash } from 'node:crypto';
import { ApiProperty } from '@nestjs/swagger';
import {
  EmailField,
  EnumField,
  PageInfo,
  PartialType,
  PickType,
  TextField,
  TimeZoneField,
  UuidField,
} from '@mono/contract';
import { ROLES, type Role } from './roles.js';

/** In code points. */
export const MIN_PASSWORD_CHARACTERS = 8;
export const MAX_PASSWORD_CHARACTERS = 256;
/** For operations that set a password: the first estimate of a node starts a thread, for seconds on a busy machine. */
export const SET_PASSWORD_TIMEOUT_MS = 60_000;
export const MAX_NAME_CHARACTERS = 100;
/** Tokens of links and sessions are far shorter. */
const MAX_TOKEN_CHARACTERS = 512;

const email = { description: 'The address, as typed. Case is ignored.', example: 'ada@example.com' };
const name = {
  description: 'The name of the user.',
  example: 'Ada Lovelace',
  min: 1,
  max: MAX_NAME_CHARACTERS,
  notBlank: true,
};
const timezone = { description: 'The time zone of the user, an IANA name.', example: 'Europe/London' };
const newPassword = {
  description: 'The password, in any characters. Common passwords and others that are easy to guess are refused.',
  example: 'correct horse battery staple',
  min: MIN_PASSWORD_CHARACTERS,
  max: MAX_PASSWORD_CHARACTERS,
};
/** A password to compare has no minimum length: a short one is simply wrong. */
const password = {
  description: 'The current password.',
  example: 'correct horse battery staple',
  max: MAX_PASSWORD_CHARACTERS,
};
/** Users who sign in with a provider only have no password. */
const passwordAgain = {
  ...password,
  description: 'The current password. Users without one must have signed in within the last ten minutes instead.',
  optional: true,
};
const instant = { type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' } as const;

export class SignUp {
  @EmailField(email)
  email: string;

  @TextField(newPassword)
  password: string;

  @TextField(name)
  name: string;

  @TimeZoneField({ ...timezone, optional: true, default: 'UTC' })
  timezone?: string;
}

/** The input of an operator who creates a user. */
export class NewUser extends SignUp {
  @TimeZoneField({ ...timezone, description: 'Default: the time zone of the workspace.', optional: true })
  override timezone?: string;

  @EnumField({ description: 'The role in the workspace.', values: ROLES })
  role: Role;

  @UuidField({ description: 'The workspace. Default: the default workspace.', optional: true })
  workspace_id?: string;
}

export class SignIn {
  @EmailField(email)
  email: string;

  @TextField(password)
  password: string;

  @TextField({
    description: 'The `device_token` of an earlier sign-in. Attempts from this device then have a limit of their own.',
    max: MAX_TOKEN_CHARACTERS,
    optional: true,
  })
  device_token?: string;
}

export class EmailAddress {
  @EmailField(email)
  email: string;
}

export class LinkToken {
  @TextField({ description: 'The token in the link.', example: 'QYqZ0oXmVb6rT1', min: 1, max: MAX_TOKEN_CHARACTERS })
  token: string;
}

export class ResetPassword extends LinkToken {
  @TextField(newPassword)
  new_password: string;
}

export class ChangePassword {
  @TextField(passwordAgain)
  current_password?: string;

  @TextField(newPassword)
  new_password: string;
}

export class ChangeEmail {
  @EmailField({
    ...email,
    description: 'The new address. It replaces the old one when the link in the mail to it is followed.',
  })
  new_email: string;

  @TextField(passwordAgain)
  password?: string;
}

export class DeleteMe {
  @TextField(passwordAgain)
  password?: string;
}

export class RefreshToken {
  @TextField({
    description: 'The refresh token of the last answer.',
    example: 'Zk3pW9uYx7LhQ2',
    min: 1,
    max: MAX_TOKEN_CHARACTERS,
  })
  refresh_token: string;
}

/** The answer does not say whether a mail is sent. */
export class Accepted {
  @ApiProperty({ enum: ['accepted'], description: 'A mail is sent where there is something to send.' })
  status: 'accepted';
}

export class Tokens {
  @ApiProperty({ type: String, description: 'A JWT for `Authorization: Bearer …`.' })
  access_token: string;

  @ApiProperty({ enum: ['Bearer'] })
  token_type: 'Bearer';

  @ApiProperty({ type: 'integer', description: 'The lifetime of the access token, in seconds.', example: 600 })
  expires_in: number;

  @ApiProperty({ type: String, description: 'Works once, for the next tokens. A second use ends the session.' })
  refresh_token: string;

  @ApiProperty({ type: 'integer', description: 'The lifetime of the refresh token, in seconds.', example: 2_592_000 })
  refresh_expires_in: number;

  @ApiProperty({
    type: String,
    description:
      'Keep it, also after signing out, and send it with the next sign-in: strangers cannot use up the attempts of this device. It grants no access.',
  })
  device_token: string;
}

export class Membership {
  @UuidField({ description: 'The workspace, for `X-Workspace`.', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6f' })
  id: string;

  @TextField({ description: 'The name of the workspace.', example: 'Ada Lovelace' })
  name: string;

  @EnumField({ description: 'The role of the user there.', values: ROLES, enumName: 'Role', example: 'owner' })
  role: Role;
}

export class User {
  @UuidField({ description: 'UUIDv7.', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e' })
  id: string;

  @EmailField(email)
  email: string;

  @TextField(name)
  name: string;

  @TimeZoneField(timezone)
  timezone: string;

  @ApiProperty({ ...instant, nullable: true, description: 'The time of the verification; null: not verified.' })
  email_verified_at: string | null;

  @ApiProperty({ type: Boolean, description: 'Whether the user can sign in with a password.', example: true })
  has_password: boolean;

  @ApiProperty({
    type: [Membership],
    description: 'The workspaces of the user. Without `X-Workspace`, calls act in the first one.',
  })
  workspaces: Membership[];

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Incremented by each change.', example: 1 })
  version: number;

  @ApiProperty(instant)
  created_at: string;

  @ApiProperty(instant)
  updated_at: string;
}

/** The workspaces are part of the answer and not of the version. */
export function userEntityTag({ version, workspaces }: User): string {
  return `${version}.${createHash('sha256').update(JSON.stringify(workspaces)).digest('hex').slice(0, 12)}`;
}

/** JSON Merge Patch: absent means unchanged. */
export class UserPatch extends PartialType(PickType(User, ['name', 'timezone'])) {}

export class Session {
  @UuidField({ description: 'UUIDv7.', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d71' })
  id: string;

  @ApiProperty({ type: Boolean, description: 'Whether this call belongs to the session.', example: true })
  current: boolean;

  @ApiProperty({ ...instant, description: 'The time of the sign-in.' })
  created_at: string;

  @ApiProperty({ ...instant, description: 'The last renewal of its tokens.' })
  last_seen_at: string;

  @ApiProperty({ ...instant, description: 'The end of the session, unless its tokens are renewed.' })
  expires_at: string;

  @ApiProperty({ type: String, nullable: true, description: '`User-Agent`, as last seen.', example: 'curl/8.5.0' })
  user_agent: string | null;

  @ApiProperty({
    type: String,
    description: 'The IP address, as last seen; over NATS, `nats:` and the NATS user.',
    example: '203.0.113.7',
  })
  ip: string;
}

export class SessionPage {
  @ApiProperty({ type: [Session], description: 'Most recently seen first. A user has at most 100.' })
  items: Session[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}
