// API keys as clients see them. The answer that creates a secret shows it once.
import { ApiProperty } from '@nestjs/swagger';
import {
  DurationField,
  EnumField,
  EnumsField,
  IdsField,
  InstantField,
  ItemsField,
  PageInfo,
  PageQuery,
  PartialType,
  ReadOnlyFieldsOf,
  SCOPES,
  TextField,
  UuidField,
  checkRule,
  type ItemForm,
} from '@mono/contract';
import { isIpRange } from './ip-ranges.js';

export const API_KEY_STATES = ['active', 'expired', 'revoked'] as const;
export type ApiKeyState = (typeof API_KEY_STATES)[number];

const MOST_LISTS = 100;
const MOST_RANGES = 100;
const MOST_SCOPES = 100;

const name = { description: 'The purpose of the key.', example: 'Backup job', min: 1, max: 255, notBlank: true };
const scopes = {
  description: 'The scopes of the key; `*` stands for all.',
  values: SCOPES,
  maxItems: MOST_SCOPES,
  unique: true,
  example: ['tasks:read'],
};
const listIds = {
  description: 'The lists that the key is limited to; null: all.',
  maxItems: MOST_LISTS,
  unique: true,
  nullable: true,
  example: null,
};
const allowedIps = {
  description:
    'The addresses that the key is limited to, as CIDR ranges; null: all. A limited key cannot be used over NATS.',
  maxItems: MOST_RANGES,
  unique: true,
  nullable: true,
  example: ['203.0.113.0/24', '2001:db8::/32'],
};
const ipRange: ItemForm = {
  plural: 'addresses or CIDR ranges',
  rule: checkRule(isIpRange, 'must be an address or a CIDR range such as 203.0.113.0/24'),
  schema: { type: 'string' },
};
const expiresAt = {
  description: 'The end of the key; null: never.',
  nullable: true,
  example: '2036-01-01T00:00:00.000Z',
};
const instant = { type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' } as const;

export class ApiKeyCredentialInfo {
  @ApiProperty({ type: String, description: 'The public part of the key.', example: '9f86d081884c' })
  short_id: string;

  @ApiProperty(instant)
  created_at: string;

  @ApiProperty({ ...instant, nullable: true, description: 'The end of the secret, after a rotation.' })
  expires_at: string | null;
}

export class ApiKey {
  @UuidField({ description: 'UUIDv7.', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e' })
  id: string;

  @TextField(name)
  name: string;

  @ApiProperty({ type: [String], description: scopes.description, example: ['tasks:read'] })
  scopes: string[];

  @ApiProperty({ type: [String], nullable: true, description: listIds.description, example: null })
  list_ids: string[] | null;

  @ApiProperty({ type: [String], nullable: true, description: allowedIps.description, example: ['203.0.113.0/24'] })
  allowed_ips: string[] | null;

  @ApiProperty({ ...instant, nullable: true, description: expiresAt.description })
  expires_at: string | null;

  @EnumField({
    description: 'The state of the key.',
    values: API_KEY_STATES,
    enumName: 'ApiKeyState',
    example: 'active',
  })
  state: ApiKeyState;

  @ApiProperty({
    type: [ApiKeyCredentialInfo],
    description: 'The secrets that work: two while a rotation overlaps.',
  })
  credentials: ApiKeyCredentialInfo[];

  @ApiProperty({ ...instant, nullable: true, description: 'The last use, to the minute.' })
  last_used_at: string | null;

  @ApiProperty({ ...instant, nullable: true })
  revoked_at: string | null;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Incremented by each change.', example: 1 })
  version: number;

  @ApiProperty(instant)
  created_at: string;

  @ApiProperty(instant)
  updated_at: string;
}

export class NewApiKey extends ApiKey {
  @ApiProperty({
    type: String,
    description: 'The key itself. No later answer shows it.',
    example: 'mono_prod_9f86d081884c_…43 characters…',
  })
  key: string;
}

@ReadOnlyFieldsOf(() => ApiKey)
export class CreateApiKey {
  @TextField(name)
  name: string;

  @EnumsField(scopes)
  scopes: string[];

  @IdsField({ ...listIds, optional: true })
  list_ids?: string[] | null;

  @ItemsField({ ...allowedIps, optional: true }, ipRange)
  allowed_ips?: string[] | null;

  @InstantField({ ...expiresAt, optional: true })
  expires_at?: string | null;
}

/** JSON Merge Patch: absent means unchanged, null clears. */
export class ApiKeyPatch extends PartialType(CreateApiKey) {}

export class RotateApiKey {
  @DurationField({
    description: 'How long the former secret keeps working, 30 days at most.',
    optional: true,
    default: 'P1D',
    example: 'P1D',
  })
  overlap?: string;
}

export class ApiKeyQuery extends PageQuery {
  @EnumField({
    description: 'Only keys in this state.',
    values: API_KEY_STATES,
    enumName: 'ApiKeyState',
    optional: true,
  })
  state?: ApiKeyState;
}

export class ApiKeyPage {
  @ApiProperty({ type: [ApiKey] })
  items: ApiKey[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}
