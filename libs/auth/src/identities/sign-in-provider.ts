// A sign-in provider.
import type { Proven } from '../persistence/sign-in-flows.js';

/** The secrets that bind the end of a sign-in at a provider to its start. */
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
  /** The display name. */
  abstract readonly name: string;

  /** The URL to send the browser to. @throws UnavailableError for an unavailable provider. */
  abstract authorizationUrl(checks: Checks, redirectUri: string): Promise<string>;

  /**
   * Redeems the answer of the provider.
   * @param query with which the browser came back.
   * @throws ProviderRefusal; UnavailableError for an unavailable provider.
   */
  abstract exchange(query: URLSearchParams, checks: Checks, redirectUri: string): Promise<Proven>;
}

/** The person or the provider refused the sign-in, or the answer is invalid. */
export class ProviderRefusal extends Error {
  /** @param code of OAuth 2 (RFC 6749, section 4.1.2.1) where the provider itself refuses, else `provider_refused`. */
  constructor(
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(`The provider did not confirm the sign-in: ${code}.`, options);
    this.name = 'ProviderRefusal';
  }
}
