import type { Principal } from '../context/call-context.js';

/** What a request says of its sender. Nothing else does. */
export interface Credentials {
  /** The `Authorization` header, as sent. */
  authorization: string | undefined;
  /** The `X-Workspace` header, as sent: which of the caller's workspaces is meant. */
  workspace: string | undefined;
  /** Where the request comes from; undefined where nobody knows, as over NATS. */
  address: string | undefined;
}

/** Tells who is calling; bound by the app to the module that knows credentials. */
export abstract class Authenticator {
  /** @throws DomainError `unauthorized` without a valid credential; UnavailableError when it cannot be told. */
  abstract authenticate(credentials: Credentials): Promise<Principal>;
}
