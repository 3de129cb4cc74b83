// What other modules and the edge ask of this one.
import { defineRequest, type Contract } from '@mono/bus';
import { TextField, type Principal } from '@mono/platform';

/** What a key shows of itself on the way: its public short id and the hash of its secret, never the secret. */
export class VerifyApiKeyRequest {
  @TextField({ description: 'The environment in the key.', min: 2, max: 8 })
  environment: string;

  @TextField({ description: '12 hexadecimal digits.', min: 12, max: 12 })
  short_id: string;

  @TextField({ description: 'SHA-256 of the secret, base64url.', min: 43, max: 43 })
  secret_hash: string;
}

export class VerifiedPrincipal implements Principal {
  kind: 'api_key' | 'user' | 'system';
  id: string;
  workspaceId: string;
  scopes: readonly string[];
}

export const authRequests = {
  /** In-process wherever auth runs, so that a lost bus does not lock everyone out. */
  verify: defineRequest({
    module: 'auth',
    name: 'verify',
    request: VerifyApiKeyRequest,
    reply: VerifiedPrincipal,
    internal: true,
    idempotent: true,
    route: 'local-first',
    timeoutMs: 3_000,
  }),
};

export const authContracts: readonly Contract[] = [authRequests.verify];
