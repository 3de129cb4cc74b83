// The caller, as every credential may ask for it.
import { ApiProperty } from '@nestjs/swagger';
import { EnumField, UuidField } from '@mono/contract';
import { ROLES, type Role } from './roles.js';

export const CREDENTIAL_KINDS = ['api_key', 'session', 'personal_token', 'system'] as const;
export type CredentialKind = (typeof CREDENTIAL_KINDS)[number];

const instant = { type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' } as const;

export class NamedThing {
  @UuidField({ description: 'UUIDv7.', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6f' })
  id: string;

  @ApiProperty({ type: String, example: 'Ada Lovelace' })
  name: string;
}

export class Caller {
  @EnumField({ description: 'The kind of the credential.', values: CREDENTIAL_KINDS, enumName: 'CredentialKind' })
  kind: CredentialKind;

  @ApiProperty({ type: String, description: 'The id of the key, session or token.' })
  id: string;

  @ApiProperty({ type: String, nullable: true, description: 'The name of the key or token.', example: 'Laptop' })
  name: string | null;

  @ApiProperty({ type: NamedThing, nullable: true, description: 'The user; null: the caller is an API key.' })
  user: NamedThing | null;

  @ApiProperty({ type: NamedThing, nullable: true, description: 'The workspace in which the call acts.' })
  workspace: NamedThing | null;

  @ApiProperty({ type: [NamedThing], description: 'The workspaces that `X-Workspace` may name.' })
  workspaces: NamedThing[];

  @EnumField({
    description: 'The role of the user in the workspace; null: the caller is an API key.',
    values: ROLES,
    enumName: 'Role',
    nullable: true,
  })
  role: Role | null;

  @ApiProperty({ type: [String], description: 'The scopes of this call; `*` stands for all.', example: ['tasks:read'] })
  scopes: string[];

  @ApiProperty({ type: [String], nullable: true, description: 'The lists that the caller is limited to; null: all.' })
  list_ids: string[] | null;

  @ApiProperty({
    ...instant,
    nullable: true,
    description: 'The end of the key or token, or of the session unless it is renewed; null: never.',
  })
  expires_at: string | null;
}
