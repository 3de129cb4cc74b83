// Who calls, in which workspace, and under which conditions. Every use case takes it as its first argument; adapters
// (HTTP, bus, jobs) build it from what they received.

/** The authenticated caller. Nothing but a verified credential ever fills it. */
export interface Principal {
  /** What kind of credential spoke. */
  kind: 'api_key' | 'user' | 'system';
  /** The credential's or the user's own id (never a secret). */
  id: string;
  /** The workspace in which this call acts. */
  workspaceId: string;
  scopes: readonly string[];
  /** The lists to which the credential is limited; undefined: all of its workspace. */
  listIds?: readonly string[];
  /** Of a user: the session in which the call is made. */
  sessionId?: string;
  /** Of a user: what they are in the workspace. */
  role?: string;
}

/** A call that needs no credential, such as a sign-in: nobody has proven who calls, only from where is known. */
export interface PublicContext {
  /** `X-Request-ID`: echoed, logged and carried into events. */
  requestId: string;
  /** The client's IP address, as the edge sees it. */
  address: string;
  /** `User-Agent`, cut to 512 characters. */
  userAgent: string | undefined;
}

export interface CallContext {
  principal: Principal;
  /** `X-Request-ID`: echoed, logged and carried into events. */
  requestId: string;
  /** Where the caller spoke from: an address, `nats` or `cli`. */
  source?: string | undefined;
  /** `Idempotency-Key` of a POST, as sent. */
  idempotencyKey?: string | undefined;
  /** The version that `If-Match` demands: undefined without the header or for `*`. */
  expectedVersion?: number | undefined;
  /** When the caller gives up, by performance.now(); what is asked of others on the way has no longer. */
  deadline?: number | undefined;
  /** Aborts when the caller has given up. */
  signal?: AbortSignal | undefined;
  /** To be called where the answer is the stored one of an earlier, identical call. */
  markReplayed?(): void;
}

/** The answer of an operation that honours `Idempotency-Key`. */
export interface Replayable<T> {
  body: T;
  /** True when the body is the stored answer to an earlier, identical call. */
  replayed: boolean;
}

/** `*` stands for every scope within the workspace; `operator` reaches beyond it and is never implied. */
export function hasScope(principal: Principal, scope: string): boolean {
  return principal.scopes.includes(scope) || (scope !== 'operator' && principal.scopes.includes('*'));
}
