import type { Principal } from '@mono/contract';

/** The only facts about the sender of a request. */
export interface Credentials {
  /** The `Authorization` header, as sent. */
  authorization: string | undefined;
  /** The `X-Workspace` header, as sent: selects one of the caller's workspaces. */
  workspace: string | undefined;
  /** The address of the client; undefined if unknown, as over NATS. */
  address: string | undefined;
}

/**
 * The state of a credential without a look-up. `known`: it was valid here before; `unknown`: it is well-formed; `malformed`: it
 * is malformed or missing.
 */
export type Standing = 'known' | 'unknown' | 'malformed';

/** Identifies the caller. The app binds it to the module that verifies credentials. */
export abstract class Authenticator {
  /** From memory only, and no proof: a known credential may have been revoked. */
  abstract standingOf(credentials: Credentials): Standing;
  /** @throws DomainError `unauthorized` without a valid credential; UnavailableError if it cannot be verified. */
  abstract authenticate(credentials: Credentials): Promise<Principal>;

  /** From memory: when a credential that was just authenticated expires, in milliseconds since 1970. Default: unknown. */
  expiryOf(_credentials: Credentials): number | undefined {
    return undefined;
  }

  /**
   * Calls back when credentials may have changed, with the id of their key or user; without an id, all of them. Default: never.
   * @returns a function that unsubscribes.
   */
  onDropped(_listener: (id: string | undefined) => void): () => void {
    return () => undefined;
  }
}
