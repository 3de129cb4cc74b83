import type { Principal } from '@mono/contract';

/** What a request says of its sender. Nothing else does. */
export interface Credentials {
  /** The `Authorization` header, as sent. */
  authorization: string | undefined;
  /** The `X-Workspace` header, as sent: which of the caller's workspaces is meant. */
  workspace: string | undefined;
  /** Where the request comes from; undefined where nobody knows, as over NATS. */
  address: string | undefined;
}

/**
 * What is known of a credential without looking it up: `known`: it was valid here before; `unknown`: it has the form of one;
 * `malformed`: it has not, or there is none.
 */
export type Standing = 'known' | 'unknown' | 'malformed';

/** Tells who is calling; bound by the app to the module that knows credentials. */
export abstract class Authenticator {
  /** From memory alone, and never a proof: a known credential may have been revoked. */
  abstract standingOf(credentials: Credentials): Standing;
  /** @throws DomainError `unauthorized` without a valid credential; UnavailableError when it cannot be told. */
  abstract authenticate(credentials: Credentials): Promise<Principal>;
}
