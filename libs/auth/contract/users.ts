// A person who uses the service, as the REST API shows it, and what people send about themselves.
import { createHash } from 'node:crypto';
import { ApiProperty } from '@nestjs/swagger';
import { EmailField, EnumField, PageInfo, TextField, TimeZoneField, UuidField } from '@mono/contract';
import { ROLES, type Role } from './roles.js';

/** In code points. */
export const MIN_PASSWORD_CHARACTERS = 8;
export const MAX_PASSWORD_CHARACTERS = 256;
export const MAX_NAME_CHARACTERS = 100;
/** A token of a link or of a session is shorter by far. */
const MAX_TOKEN_CHARACTERS = 512;

const email = { description: 'The address, as typed; case does not count.', example: 'ada@example.com' };
const name = {
  description: 'How the user is called.',
  example: 'Ada Lovelace',
  min: 1,
  max: MAX_NAME_CHARACTERS,
  notBlank: true,
};
const timezone = { description: 'The user’s own IANA zone.', example: 'Europe/London' };
const newPassword = {
  description: 'The password, in any characters.',
  example: 'correct horse battery staple',
  min: MIN_PASSWORD_CHARACTERS,
  max: MAX_PASSWORD_CHARACTERS,
};
/** A password that is only compared: what is too short to be one is simply wrong. */
const password = {
  description: 'The current password.',
  example: 'correct horse battery staple',
  max: MAX_PASSWORD_CHARACTERS,
};
/** Of who signs in with a provider only there is none to compare. */
const passwordAgain = {
  ...password,
  description: 'The current password. Who has none must have signed in within the last ten minutes instead.',
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

/** What the operator says of somebody whom they let in. */
export class NewUser extends SignUp {
  @EnumField({ description: 'What they may do in the workspace.', values: ROLES, optional: true, default: 'owner' })
  role?: Role;

  @UuidField({ description: 'The workspace; the default one without it.', optional: true })
  workspace_id?: string;
}

export class SignIn {
  @EmailField(email)
  email: string;

  @TextField(password)
  password: string;

  @TextField({
    description: 'The `device_token` of an earlier sign-in: then only tries from this device are counted.',
    max: MAX_TOKEN_CHARACTERS,
    optional: true,
  })
  device_token?: string;
}

export class EmailAddress {
  @EmailField(email)
  email: string;
}

/** What a link in a mail carries. */
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
  @EmailField({ ...email, description: 'The new address. It counts once the link that is sent there was followed.' })
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
    description: 'The refresh token, as it was given last.',
    example: 'Zk3pW9uYx7LhQ2',
    min: 1,
    max: MAX_TOKEN_CHARACTERS,
  })
  refresh_token: string;
}

/** The answer that tells nothing: whether a mail goes out is between the service and the address. */
export class Accepted {
  @ApiProperty({ enum: ['accepted'], description: 'If there is something to send, it is sent by mail.' })
  status: 'accepted';
}

export class Tokens {
  @ApiProperty({ type: String, description: 'A JWT for `Authorization: Bearer …`.' })
  access_token: string;

  @ApiProperty({ enum: ['Bearer'] })
  token_type: 'Bearer';

  @ApiProperty({ type: 'integer', description: 'Of the access token, in seconds.', example: 600 })
  expires_in: number;

  @ApiProperty({ type: String, description: 'Good for one use, which gives the next. A second use ends the session.' })
  refresh_token: string;

  @ApiProperty({ type: 'integer', description: 'Of the refresh token, in seconds.', example: 2_592_000 })
  refresh_expires_in: number;

  @ApiProperty({
    type: String,
    description:
      'To keep, also after signing out, and send with the next sign-in: strangers cannot use up its tries. It opens nothing.',
  })
  device_token: string;
}

export class Membership {
  @UuidField({ description: 'The workspace, for `X-Workspace`.', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6f' })
  id: string;

  @TextField({ description: 'What it is called.', example: 'Ada Lovelace' })
  name: string;

  @EnumField({ description: 'What the user may do there.', values: ROLES, enumName: 'Role', example: 'owner' })
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

  @ApiProperty({ ...instant, nullable: true, description: 'When the address was proven.' })
  email_verified_at: string | null;

  @ApiProperty({ type: Boolean, description: 'Whether there is one to sign in with.', example: true })
  has_password: boolean;

  @ApiProperty({ type: [Membership], description: 'Where the user is; without `X-Workspace` the first one is meant.' })
  workspaces: Membership[];

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Raised by one with each change.', example: 1 })
  version: number;

  @ApiProperty(instant)
  created_at: string;

  @ApiProperty(instant)
  updated_at: string;
}

/** The workspaces show in a user without being part of its version. */
export function userEntityTag({ version, workspaces }: User): string {
  return `${version}.${createHash('sha256').update(JSON.stringify(workspaces)).digest('hex').slice(0, 12)}`;
}

/** JSON Merge Patch: absent means unchanged. */
export class UserPatch {
  @TextField({ ...name, optional: true })
  name?: string;

  @TimeZoneField({ ...timezone, optional: true })
  timezone?: string;
}

export class Session {
  @UuidField({ description: 'UUIDv7.', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d71' })
  id: string;

  @ApiProperty({ type: Boolean, description: 'Whether this call is made in it.', example: true })
  current: boolean;

  @ApiProperty({ ...instant, description: 'When the user signed in.' })
  created_at: string;

  @ApiProperty({ ...instant, description: 'When its tokens were last renewed.' })
  last_seen_at: string;

  @ApiProperty({ ...instant, description: 'When it ends unless its tokens are renewed.' })
  expires_at: string;

  @ApiProperty({ type: String, nullable: true, description: '`User-Agent`, as last seen.', example: 'curl/8.5.0' })
  user_agent: string | null;

  @ApiProperty({ type: String, description: 'The IP address, as last seen.', example: '203.0.113.7' })
  ip: string;
}

export class SessionPage {
  @ApiProperty({ type: [Session], description: 'The one seen last comes first; a user has at most 100.' })
  items: Session[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}
