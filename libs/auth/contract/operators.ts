// Users as operators see them, and the one-time links that they hand on.
import { ApiProperty } from '@nestjs/swagger';
import { EmailField, EnumField, PageInfo, PageQuery, PickType } from '@mono/contract';
import { User } from './users.js';

const instant = { type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' } as const;

export const ACCOUNT_STATES = ['active', 'disabled'] as const;
export type AccountState = (typeof ACCOUNT_STATES)[number];

export class UserAccount extends PickType(User, [
  'id',
  'email',
  'name',
  'timezone',
  'email_verified_at',
  'has_password',
  'version',
  'created_at',
  'updated_at',
]) {
  @ApiProperty({ ...instant, nullable: true, description: 'The time of the disabling; null: the user can sign in.' })
  disabled_at: string | null;
}

export class UserAccountQuery extends PageQuery {
  @EmailField({
    description: 'Only the user with this address. Case is ignored.',
    example: 'ada@example.com',
    optional: true,
  })
  email?: string;

  @EnumField({ description: 'Only users in this state.', values: ACCOUNT_STATES, optional: true })
  state?: AccountState;
}

export class UserAccountPage {
  @ApiProperty({ type: [UserAccount] })
  items: UserAccount[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}

/** A secret, which is in no event, log line or audit row. */
export class OneTimeLink {
  @ApiProperty({
    type: String,
    description: 'Opens a page of the service and works once. Give it to nobody but the owner of `address`.',
    example: 'https://mono.example.com/reset-password?token=…',
  })
  url: string;

  @EmailField({ description: 'The address that the link proves.', example: 'ada@example.com' })
  address: string;

  @ApiProperty({ ...instant, description: 'The end of the link.' })
  expires_at: string;
}
