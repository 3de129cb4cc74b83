// A provider by OpenID Connect's discovery (OpenID Connect Core 1.0, Discovery 1.0).
import { UnavailableError } from '@mono/contract';
import * as openid from 'openid-client';
import type { Proven } from '../persistence/sign-in-flows.js';
import { isLoopback } from './loopback.js';
import { asked, CALL_TIMEOUT_SECONDS, callProvider } from './provider-calls.js';
import { provenBy } from './proven-by.js';
import { ProviderRefusal, SignInProvider, type Checks } from './sign-in-provider.js';

/** How long a discovery document is used. openid-client reads its keys again after five minutes, or for an unknown one. */
const DOCUMENT_AGE_MS = 60 * 60 * 1_000;
const SCOPE = 'openid email profile';

export interface OpenIdClient {
  id: string;
  name: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
}

export class OpenIdProvider extends SignInProvider {
  readonly id: string;
  readonly name: string;
  private known: { configuration: openid.Configuration; until: number } | undefined;
  private discovering: Promise<openid.Configuration> | undefined;

  constructor(
    private readonly client: OpenIdClient,
    private readonly now: () => number = Date.now,
  ) {
    super();
    this.id = client.id;
    this.name = client.name;
  }

  async authorizationUrl({ state, nonce, verifier }: Checks, redirectUri: string): Promise<string> {
    const configuration = await asked(this.name, this.discovered()).catch(unavailable(this.name));
    const parameters = {
      redirect_uri: redirectUri,
      scope: SCOPE,
      state,
      nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    };
    return openid.buildAuthorizationUrl(configuration, parameters).href;
  }

  exchange(query: URLSearchParams, checks: Checks, redirectUri: string): Promise<Proven> {
    return asked(this.name, this.redeem(query, checks, redirectUri));
  }

  private async redeem(query: URLSearchParams, checks: Checks, redirectUri: string): Promise<Proven> {
    const configuration = await this.discovered();
    const returned = new URL(redirectUri);
    returned.search = query.toString();
    const tokens = await openid.authorizationCodeGrant(configuration, returned, {
      expectedState: checks.state,
      expectedNonce: checks.nonce,
      pkceCodeVerifier: checks.verifier,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (!claims) throw new ProviderRefusal('provider_refused');
    const { issuer, userinfo_endpoint } = configuration.serverMetadata();
    // A provider may put no more than the subject into the ID token.
    const told =
      claims['email'] === undefined && userinfo_endpoint !== undefined
        ? { ...claims, ...(await openid.fetchUserInfo(configuration, tokens.access_token, claims.sub)) }
        : claims;
    return provenBy({
      issuer,
      subject: claims.sub,
      email: told['email'],
      emailVerified: told['email_verified'],
      name: told['name'],
    });
  }

  /** Several callers share one discovery. The known document stays in use while the provider is unavailable. */
  private async discovered(): Promise<openid.Configuration> {
    if (this.known && this.known.until > this.now()) return this.known.configuration;
    this.discovering ??= this.discover().finally(() => {
      this.discovering = undefined;
    });
    try {
      return await this.discovering;
    } catch (error) {
      if (this.known) return this.known.configuration;
      throw error;
    }
  }

  private async discover(): Promise<openid.Configuration> {
    const { issuer, clientId, clientSecret } = this.client;
    const server = new URL(issuer);
    const insecure = server.protocol === 'http:' && isLoopback(server.hostname);
    const configuration = await openid.discovery(server, clientId, clientSecret, clientAuth(clientSecret), {
      timeout: CALL_TIMEOUT_SECONDS,
      [openid.customFetch]: callProvider,
      execute: [
        // Also checks the signature of the ID token, beyond what the connection guarantees.
        openid.enableNonRepudiationChecks,
        ...(insecure ? [openid.allowInsecureRequests] : []),
      ],
    });
    this.known = { configuration, until: this.now() + DOCUMENT_AGE_MS };
    return configuration;
  }
}

/** By the method that the provider announces; by default in the header (RFC 8414, section 2). */
function clientAuth(secret: string): openid.ClientAuth {
  const [post, basic] = [openid.ClientSecretPost(secret), openid.ClientSecretBasic(secret)];
  return (server, client, body, headers) => {
    const posts = server.token_endpoint_auth_methods_supported?.includes('client_secret_post') === true;
    (posts ? post : basic)(server, client, body, headers);
  };
}

/** An invalid document makes a provider unavailable. */
function unavailable(name: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof UnavailableError) throw error;
    throw new UnavailableError(`Sign-in with ${name} is unavailable: try again later.`, { cause: error });
  };
}
