// A provider, as the use cases see one: a port.
import type { Proven } from '../persistence/sign-in-flows.js';

/** What binds the end of a sign-in at a provider to its beginning. */
export interface Checks {
  /** OAuth's `state`. */
  state: string;
  /** OpenID's; goes into the ID token. */
  nonce: string;
  /** PKCE's (RFC 7636). */
  verifier: string;
}

export abstract class SignInProvider {
  /** In paths and in rows. */
  abstract readonly id: string;
  /** What people call it. */
  abstract readonly name: string;

  /** Where the browser goes. @throws UnavailableError where the provider is away. */
  abstract authorizationUrl(checks: Checks, redirectUri: string): Promise<string>;

  /**
   * Who has signed in there.
   * @param query with which the browser came back.
   * @throws ProviderRefusal; UnavailableError where the provider is away.
   */
  abstract exchange(query: URLSearchParams, checks: Checks, redirectUri: string): Promise<Proven>;
}

/** Nothing came of it: the person or the provider did not want to, or what it said does not hold. */
export class ProviderRefusal extends Error {
  /** @param code of OAuth 2 (RFC 6749, section 4.1.2.1) where the provider itself refuses, else `provider_refused`. */
  constructor(
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(`The provider did not confirm who signed in: ${code}.`, options);
    this.name = 'ProviderRefusal';
  }
}
