// The configured providers.
import { Inject, Injectable } from '@nestjs/common';
import { authErrors } from '../../contract/index.js';
import { authConfig, type AuthConfig } from '../auth.config.js';
import { GithubProvider } from './github-provider.js';
import { OpenIdProvider } from './openid-provider.js';
import type { SignInProvider } from './sign-in-provider.js';

const GOOGLE_ISSUER = 'https://accounts.google.com';
const MAX_ECHO = 64;

@Injectable()
export class SignInProviders {
  private readonly byId: ReadonlyMap<string, SignInProvider>;

  constructor(@Inject(authConfig.KEY) config: AuthConfig) {
    this.byId = new Map(providersOf(config).map((provider) => [provider.id, provider]));
  }

  /** In the order of display. */
  all(): SignInProvider[] {
    return [...this.byId.values()];
  }

  find(id: string): SignInProvider | undefined {
    return this.byId.get(id);
  }

  /** @throws DomainError `provider_not_found`. */
  require(id: string): SignInProvider {
    const provider = this.find(id);
    if (!provider) throw authErrors.provider_not_found({ id: id.slice(0, MAX_ECHO) });
    return provider;
  }
}

function providersOf(config: AuthConfig): SignInProvider[] {
  const providers: SignInProvider[] = [];
  const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_NAME: name } = config;
  if (OIDC_ISSUER && OIDC_CLIENT_ID && OIDC_CLIENT_SECRET) {
    const client = { clientId: OIDC_CLIENT_ID, clientSecret: OIDC_CLIENT_SECRET };
    providers.push(new OpenIdProvider({ id: 'oidc', name, issuer: OIDC_ISSUER, ...client }));
  }
  const { GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET } = config;
  if (GOOGLE_CLIENT_ID && GOOGLE_CLIENT_SECRET) {
    const client = { clientId: GOOGLE_CLIENT_ID, clientSecret: GOOGLE_CLIENT_SECRET };
    providers.push(new OpenIdProvider({ id: 'google', name: 'Google', issuer: GOOGLE_ISSUER, ...client }));
  }
  const { GITHUB_URL: url, GITHUB_API_URL: apiUrl, GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET } = config;
  if (url && apiUrl && GITHUB_CLIENT_ID && GITHUB_CLIENT_SECRET) {
    const client = { clientId: GITHUB_CLIENT_ID, clientSecret: GITHUB_CLIENT_SECRET };
    providers.push(new GithubProvider({ url, apiUrl, ...client }));
  }
  return providers;
}
