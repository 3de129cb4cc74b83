// GitHub supports OAuth 2 without OpenID: its API identifies the person.
import * as openid from 'openid-client';
import type { Proven } from '../persistence/sign-in-flows.js';
import { isLoopback } from './loopback.js';
import { asked, CALL_TIMEOUT_SECONDS, callProvider } from './provider-calls.js';
import { provenBy } from './proven-by.js';
import { SignInProvider, type Checks } from './sign-in-provider.js';

const SCOPE = 'read:user user:email';
const API_HEADERS = {
  accept: 'application/vnd.github+json',
  'x-github-api-version': '2022-11-28',
  'user-agent': 'mono',
};
/** The parameters that are read. GitHub documents no `iss`; its redirect URI belongs to this provider alone. */
const ANSWER = ['code', 'state', 'error', 'error_description'];

export interface GithubClient {
  /** `https://github.com`, or where a GitHub Enterprise Server is. */
  url: string;
  apiUrl: string;
  clientId: string;
  clientSecret: string;
}

interface Address {
  email?: unknown;
  primary?: unknown;
  verified?: unknown;
}

export class GithubProvider extends SignInProvider {
  readonly id = 'github';
  readonly name = 'GitHub';
  private readonly configuration: openid.Configuration;
  private readonly issuer: string;
  private readonly apiUrl: string;

  constructor({ url, apiUrl, clientId, clientSecret }: GithubClient) {
    super();
    this.issuer = url.replace(/\/+$/, '');
    this.apiUrl = apiUrl.replace(/\/+$/, '');
    this.configuration = new openid.Configuration(
      {
        issuer: this.issuer,
        authorization_endpoint: `${this.issuer}/login/oauth/authorize`,
        token_endpoint: `${this.issuer}/login/oauth/access_token`,
      },
      clientId,
      clientSecret,
      openid.ClientSecretPost(clientSecret),
    );
    this.configuration.timeout = CALL_TIMEOUT_SECONDS;
    this.configuration[openid.customFetch] = callProvider;
    if (isLoopback(new URL(url).hostname)) openid.allowInsecureRequests(this.configuration);
  }

  async authorizationUrl({ state, verifier }: Checks, redirectUri: string): Promise<string> {
    const parameters = {
      redirect_uri: redirectUri,
      scope: SCOPE,
      state,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    };
    return openid.buildAuthorizationUrl(this.configuration, parameters).href;
  }

  exchange(query: URLSearchParams, checks: Checks, redirectUri: string): Promise<Proven> {
    return asked(this.name, this.redeem(query, checks, redirectUri));
  }

  private async redeem(query: URLSearchParams, { state, verifier }: Checks, redirectUri: string): Promise<Proven> {
    const returned = new URL(redirectUri);
    for (const name of ANSWER) for (const value of query.getAll(name)) returned.searchParams.append(name, value);
    const { access_token } = await openid.authorizationCodeGrant(this.configuration, returned, {
      expectedState: state,
      pkceCodeVerifier: verifier,
    });
    const [user, addresses] = await Promise.all([
      this.read<{ id?: unknown; login?: unknown; name?: unknown }>(access_token, '/user'),
      this.read<Address[]>(access_token, '/user/emails'),
    ]);
    const primary = Array.isArray(addresses) ? addresses.find((one) => one.primary === true) : undefined;
    return provenBy({
      issuer: this.issuer,
      // The number never changes; somebody else can take a login that was released.
      subject: Number.isSafeInteger(user.id) ? String(user.id) : undefined,
      email: primary?.email,
      emailVerified: primary?.verified,
      name: user.name ?? user.login,
    });
  }

  private async read<T>(accessToken: string, path: string): Promise<T> {
    const url = new URL(`${this.apiUrl}${path}`);
    const headers = new Headers(API_HEADERS);
    const answer = await openid.fetchProtectedResource(this.configuration, accessToken, url, 'GET', null, headers);
    // The form of openid-client's own errors.
    if (answer.status !== 200) throw new Error(`GitHub's API answers ${answer.status}.`, { cause: answer });
    return (await answer.json()) as T;
  }
}
