// The context of a call: caller, workspace and conditions. Adapters (HTTP, bus, jobs) build it, and every use case takes it.

/** The authenticated caller. Only a verified credential fills it. */
export interface Principal {
  /** The kind of the credential. */
  kind: 'api_key' | 'user' | 'system';
  /** The id of the credential or user, never a secret. */
  id: string;
  /** The workspace in which this call acts. */
  workspaceId: string;
  scopes: readonly string[];
  /** The lists to which the credential is limited. Default: all lists of the workspace. */
  listIds?: readonly string[];
  /** The session of a user's call. */
  sessionId?: string;
  /** The role of a user in the workspace. With a narrowed personal access token, at most the one that its scopes allow. */
  role?: string;
  /** The zone of the caller's days: that of the user, for an API key that of the workspace. IANA. Default: UTC. */
  timezone?: string;
  /** The personal access token of a user's call. */
  tokenId?: string;
  /** Whether that token has fewer rights in the workspace than its user. */
  narrowed?: boolean;
  /** The scopes with which a user reads things of their own only, by a setting of the workspace. Default: none. */
  ownOnly?: readonly string[];
}

/** The zone of the caller's days, in which dates without a zone are meant. */
export function zoneOf({ timezone = 'UTC' }: { timezone?: string | undefined }): string {
  return timezone;
}

/** The context of a call without a credential, such as a sign-in. */
export interface PublicContext {
  /** `X-Request-ID`: echoed, logged and carried into events. */
  requestId: string;
  /** The IP address of the client as the edge sees it. */
  address: string;
  /** `User-Agent`, cut to 512 characters. */
  userAgent: string | undefined;
}

export interface CallContext {
  principal: Principal;
  /** `X-Request-ID`: echoed, logged and carried into events. */
  requestId: string;
  /** The origin of the call: an address, `nats` or `cli`. */
  source?: string | undefined;
  /** `Idempotency-Key` of a POST, as sent. */
  idempotencyKey?: string | undefined;
  /** The version that `If-Match` requires; undefined without the header or for `*`. */
  expectedVersion?: number | undefined;
  /** The deadline of the caller, by performance.now(). It also bounds the requests that the call makes. */
  deadline?: number | undefined;
  /** Aborts at the deadline, or when the caller disconnects. */
  signal?: AbortSignal | undefined;
  /** Called if the response is the stored one of an earlier, identical call. */
  markReplayed?(): void;
}

/** The response of an operation that supports `Idempotency-Key`. */
export interface Replayable<T> {
  body: T;
  /** Whether the body is the stored response to an earlier, identical call. */
  replayed: boolean;
}

/** @returns the user to whose things the caller is limited with the scope; undefined: to nobody's. */
export function readsOnlyOf({ ownOnly, id }: Pick<Principal, 'ownOnly' | 'id'>, scope: string): string | undefined {
  return ownOnly?.includes(scope) ? id : undefined;
}

/** `*` includes every scope of the workspace. It does not include `operator`, which reaches beyond the workspace. */
export function hasScope(principal: Principal, scope: string): boolean {
  return principal.scopes.includes(scope) || (scope !== 'operator' && principal.scopes.includes('*'));
}
