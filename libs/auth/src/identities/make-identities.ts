// The use cases about providers, put together from the settings and from the use cases about users.
import type { Logger } from '@mono/platform';
import { SecretKeys } from '../secrets/secret-keys.js';
import { SignIn } from '../users/sign-in.js';
import { SignUp } from '../users/sign-up.js';
import type { UsersParts } from '../users/users-parts.js';
import { GithubProvider } from './github-provider.js';
import type { IdentitiesSettings } from './identities-settings.js';
import { IdentitiesUseCases } from './identities-use-cases.js';
import { OpenIdProvider } from './openid-provider.js';
import type { SignInProvider } from './sign-in-provider.js';

const GOOGLE_ISSUER = 'https://accounts.google.com';

export interface IdentitiesOptions {
  users: UsersParts;
  settings: IdentitiesSettings;
  /** The current one first. */
  secretKeys: readonly string[];
  publicUrl: () => string;
  logger: Pick<Logger, 'warn'>;
}

export function makeIdentities(options: IdentitiesOptions): IdentitiesUseCases {
  const { users, settings, logger } = options;
  return new IdentitiesUseCases({
    users,
    secrets: new SecretKeys(options.secretKeys),
    providers: new Map(providersOf(settings).map((provider) => [provider.id, provider])),
    publicUrl: () => options.publicUrl(),
    returnUrls: settings.SIGN_IN_RETURN_URLS ?? [],
    signIn: new SignIn(users),
    signUp: new SignUp(users),
    logger,
  });
}

/** Those that are configured. */
function providersOf(settings: IdentitiesSettings): SignInProvider[] {
  const providers: SignInProvider[] = [];
  const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_NAME: name } = settings;
  if (OIDC_ISSUER && OIDC_CLIENT_ID && OIDC_CLIENT_SECRET) {
    const client = {
      id: 'oidc',
      name,
      issuer: OIDC_ISSUER,
      clientId: OIDC_CLIENT_ID,
      clientSecret: OIDC_CLIENT_SECRET,
    };
    providers.push(new OpenIdProvider(client));
  }
  const { GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET } = settings;
  if (GOOGLE_CLIENT_ID && GOOGLE_CLIENT_SECRET) {
    const client = { clientId: GOOGLE_CLIENT_ID, clientSecret: GOOGLE_CLIENT_SECRET };
    providers.push(new OpenIdProvider({ id: 'google', name: 'Google', issuer: GOOGLE_ISSUER, ...client }));
  }
  const { GITHUB_URL: url, GITHUB_API_URL: apiUrl, GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET } = settings;
  if (url && apiUrl && GITHUB_CLIENT_ID && GITHUB_CLIENT_SECRET) {
    const client = { clientId: GITHUB_CLIENT_ID, clientSecret: GITHUB_CLIENT_SECRET };
    providers.push(new GithubProvider({ url, apiUrl, ...client }));
  }
  return providers;
}
