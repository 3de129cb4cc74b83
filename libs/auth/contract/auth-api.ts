import type { CallContext, Principal, Replayable } from '@mono/contract';
import type {
  ApiKey,
  ApiKeyPage,
  ApiKeyPatch,
  ApiKeyQuery,
  CreateApiKey,
  NewApiKey,
  RotateApiKey,
} from './api-keys.js';

/** What a valid key says. */
export interface ApiKeyVerdict {
  principal: Principal;
  /** The CIDR ranges that it may be used from; null: anywhere. */
  allowedIps: readonly string[] | null;
  /** When it ends, in milliseconds since 1970; null: never. */
  expiresAt: number | null;
}

/** The module's API. */
export abstract class AuthApi {
  /**
   * Who speaks with this API key, in which workspace and with which rights.
   * @param key the credential as sent, without `Bearer`.
   * @throws DomainError `unauthorized` for anything but a valid key, always with the same message and the same work.
   */
  abstract verify(key: string): Promise<ApiKeyVerdict>;
  /** Whether the key was valid when it was last looked up here. From memory, no proof. */
  abstract recognises(key: string): boolean;

  /** @throws DomainError `forbidden` for more rights than the caller has. */
  abstract createApiKey(context: CallContext, input: CreateApiKey): Promise<Replayable<NewApiKey>>;
  abstract findApiKeys(context: CallContext, query: ApiKeyQuery): Promise<ApiKeyPage>;
  /** @throws NotFoundError */
  abstract getApiKey(context: CallContext, id: string): Promise<ApiKey>;
  /** @throws NotFoundError; ConflictError `api_key_revoked`; DomainError `forbidden` for more rights than the caller has. */
  abstract updateApiKey(context: CallContext, id: string, patch: ApiKeyPatch): Promise<ApiKey>;
  /** A new secret; the former ones end after the overlap. @throws as updateApiKey. */
  abstract rotateApiKey(context: CallContext, id: string, input: RotateApiKey): Promise<Replayable<NewApiKey>>;
  /** For good. Of one that is revoked already, nothing changes. @throws NotFoundError */
  abstract revokeApiKey(context: CallContext, id: string): Promise<void>;
}
