// Requests about users that modules and nodes make.
import { internal, operations, TextField, UuidField, type ClientOf, type Principal } from '@mono/contract';
import { authErrors } from './auth.errors.js';
import type { Role } from './roles.js';

const MAX_TOKEN_CHARACTERS = 4_096;
export const MAX_WORKSPACE_CHARACTERS = 64;

export class VerifyTokenRequest {
  @TextField({ description: 'The access token.', max: MAX_TOKEN_CHARACTERS })
  token: string;

  @TextField({ description: '`X-Workspace`, as sent.', max: MAX_WORKSPACE_CHARACTERS, optional: true })
  workspace?: string;
}

export class TokenPrincipal implements Principal {
  kind: 'api_key' | 'user' | 'system';
  id: string;
  workspaceId: string;
  scopes: readonly string[];
  sessionId?: string;
  role?: string;
  timezone?: string;
  ownOnly?: readonly string[];
  tokenId?: string;
  narrowed?: boolean;
}

/** RFC 7517; an Ed25519 key by RFC 8037. */
export class JsonWebKeySet {
  keys: { kty: string; crv: string; x: string; kid: string; alg: string; use: string }[];
}

export class EmailTokenId {
  @UuidField({ description: 'The id in the event.' })
  token_id: string;
}

export class UserId {
  @UuidField({ description: 'The user.' })
  user_id: string;
}

/** The recipient of a mail. */
export class Contact {
  address: string;
  /** null: the account is deleted. */
  name: string | null;
  timezone: string;
  /** Such a user gets no mails. */
  disabled?: boolean;
}

export class Invitation {
  /** The name of the workspace. */
  workspace: string;
  /** The name of the inviting user; null: an API key or the operator has invited. */
  invited_by: string | null;
  role: Role;
}

export class EmailLink extends Contact {
  /** null: the mail has no link, or the link is used or has expired. */
  url: string | null;
  /** The end of the link (RFC 3339). */
  expires_at?: string;
  /** With a mail about an invite. */
  invite?: Invitation;
}

const READS = { reads: true, timeoutMs: 5_000 } as const;

export const usersOperations = operations(
  'auth',
  { errors: authErrors },
  {
    /** In this process wherever auth runs, so that a lost bus does not lock everyone out. */
    verifyToken: internal({
      summary: 'Look up the user of an access token',
      body: VerifyTokenRequest,
      reply: TokenPrincipal,
      reads: true,
      route: 'local-first',
      timeoutMs: 3_000,
    }),
    jwks: internal({
      ...READS,
      summary: 'List the public keys of access tokens',
      reply: JsonWebKeySet,
      route: 'local-first',
    }),
    /** Fails with `email_token_not_found`. */
    emailLink: internal({
      ...READS,
      summary: 'Get the recipient and the link of a mail',
      body: EmailTokenId,
      reply: EmailLink,
    }),
    /** Fails with `user_not_found`. */
    contact: internal({ ...READS, summary: 'Get the address of a user', body: UserId, reply: Contact }),
  },
);

export type UsersClient = ClientOf<typeof usersOperations>;
