// Personal access tokens as clients see them. The answer that creates one shows its secret once.
import { ApiProperty } from '@nestjs/swagger';
import {
  EnumField,
  EnumsField,
  IdsField,
  InstantField,
  PageInfo,
  PageQuery,
  ReadOnlyFieldsOf,
  SCOPES,
  TextField,
  UuidField,
} from '@mono/contract';

export const PERSONAL_TOKEN_STATES = ['active', 'expired'] as const;
export type PersonalTokenState = (typeof PERSONAL_TOKEN_STATES)[number];

export const DEFAULT_TOKEN_DAYS = 90;
export const MAX_TOKEN_DAYS = 366;

const MOST_LISTS = 100;
const MOST_SCOPES = 100;

const name = { description: 'The purpose of the token.', example: 'Laptop', min: 1, max: 255, notBlank: true };
const scopes = {
  description:
    'The scopes of the token; `*` stands for all of its user. A call has those that the role of the user gives as well.',
  values: SCOPES,
  maxItems: MOST_SCOPES,
  unique: true,
  example: ['tasks:read', 'time:write'],
};
const workspaceId = {
  description: 'The workspace that the token is limited to; null: all of its user.',
  nullable: true,
  example: null,
};
const listIds = {
  description: 'The lists that the token is limited to; null: all. Requires `workspace_id`.',
  maxItems: MOST_LISTS,
  unique: true,
  nullable: true,
  example: null,
};
const instant = { type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' } as const;

export class PersonalToken {
  @UuidField({ description: 'UUIDv7.', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d74' })
  id: string;

  @TextField(name)
  name: string;

  @ApiProperty({ type: String, description: 'The public part of the token.', example: '9f86d081884c' })
  short_id: string;

  @ApiProperty({ type: [String], description: scopes.description, example: scopes.example })
  scopes: string[];

  @UuidField(workspaceId)
  workspace_id: string | null;

  @ApiProperty({ type: [String], nullable: true, description: listIds.description, example: null })
  list_ids: string[] | null;

  @ApiProperty({ ...instant, description: 'The end of the token.' })
  expires_at: string;

  @EnumField({
    description: 'The state of the token.',
    values: PERSONAL_TOKEN_STATES,
    enumName: 'PersonalTokenState',
    example: 'active',
  })
  state: PersonalTokenState;

  @ApiProperty({ ...instant, nullable: true, description: 'The last use, to the minute.' })
  last_used_at: string | null;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Incremented by each change.', example: 1 })
  version: number;

  @ApiProperty(instant)
  created_at: string;
}

export class NewPersonalToken extends PersonalToken {
  @ApiProperty({
    type: String,
    description: 'The token itself. No later answer shows it.',
    example: 'mono_pat_prod_9f86d081884c_…43 characters…',
  })
  token: string;
}

@ReadOnlyFieldsOf(() => PersonalToken)
export class CreatePersonalToken {
  @TextField(name)
  name: string;

  @EnumsField(scopes)
  scopes: string[];

  @UuidField({ ...workspaceId, optional: true })
  workspace_id?: string | null;

  @IdsField({ ...listIds, optional: true })
  list_ids?: string[] | null;

  @InstantField({
    description: `The end of the token, at most ${MAX_TOKEN_DAYS} days from now. Default, also for null: ${DEFAULT_TOKEN_DAYS} days from now.`,
    optional: true,
    nullable: true,
    example: null,
  })
  expires_at?: string | null;
}

export class PersonalTokenQuery extends PageQuery {
  @EnumField({
    description: 'Only tokens in this state.',
    values: PERSONAL_TOKEN_STATES,
    enumName: 'PersonalTokenState',
    optional: true,
  })
  state?: PersonalTokenState;
}

export class PersonalTokenPage {
  @ApiProperty({ type: [PersonalToken] })
  items: PersonalToken[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}
