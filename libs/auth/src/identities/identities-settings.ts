// The sign-in providers, and the URLs that browsers may return to.
import { names, text, url, type ConfigurationFault, type SettingsOf } from '@mono/platform';
import { isReturnUrl } from './return-urls.js';
import { isLoopback } from './loopback.js';

export const identitiesSettings = {
  OIDC_ISSUER: url(['https', 'http'], {
    description:
      'Issuer URL of an OpenID provider, as in its discovery document. Plain http is allowed on loopback only.',
    secret: false,
  }),
  OIDC_CLIENT_ID: text({
    description: 'Client id at the OpenID provider. Redirect URI: `<PUBLIC_URL>/sign-in/callback/oidc`.',
  }),
  OIDC_CLIENT_SECRET: text({ description: 'Client secret at the OpenID provider.', secret: true }),
  OIDC_NAME: text({ description: 'Display name of the OpenID provider.', default: 'OpenID' }),
  GOOGLE_CLIENT_ID: text({
    description: 'Google client id; enables sign-in with Google. Redirect URI: `<PUBLIC_URL>/sign-in/callback/google`.',
  }),
  GOOGLE_CLIENT_SECRET: text({ description: 'Google client secret.', secret: true }),
  GITHUB_CLIENT_ID: text({
    description: 'GitHub client id; enables sign-in with GitHub. Redirect URI: `<PUBLIC_URL>/sign-in/callback/github`.',
  }),
  GITHUB_CLIENT_SECRET: text({ description: 'GitHub client secret.', secret: true }),
  GITHUB_URL: url(['https', 'http'], {
    description: 'GitHub server. Set it for GitHub Enterprise Server.',
    default: 'https://github.com',
    secret: false,
  }),
  GITHUB_API_URL: url(['https', 'http'], {
    description: 'GitHub API. On GitHub Enterprise Server: `<GITHUB_URL>/api/v3`.',
    default: 'https://api.github.com',
    secret: false,
  }),
  SIGN_IN_RETURN_URLS: names({
    items: 'URLs',
    description:
      'Application URLs that a browser may return to after sign-in with a provider, compared exactly. Default: none; a page shows the code.',
  }),
};

export type IdentitiesSettings = SettingsOf<typeof identitiesSettings>;

/** All settings of a group are required, or none. */
const GROUPS = [
  ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'],
  ['GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET'],
  ['GITHUB_CLIENT_ID', 'GITHUB_CLIENT_SECRET'],
] as const;
const SERVERS = ['OIDC_ISSUER', 'GITHUB_URL', 'GITHUB_API_URL'] as const;

export function faultsOfIdentities(settings: IdentitiesSettings): ConfigurationFault[] {
  const halves = GROUPS.flatMap((group) => {
    const given = group.filter((name) => settings[name] !== undefined);
    const missing = given.length === 0 ? [] : group.filter((name) => settings[name] === undefined);
    return missing.map((name) => ({ name, issue: `must be set with ${given.join(' and ')}` }));
  });
  const servers = SERVERS.filter((name) => settings[name] !== undefined && !isServer(settings[name])).map((name) => ({
    name,
    issue: 'must be one https URL without query and fragment, or an http one on this machine',
  }));
  const returns = (settings.SIGN_IN_RETURN_URLS ?? []).every(isReturnUrl)
    ? []
    : [
        {
          name: 'SIGN_IN_RETURN_URLS',
          issue: 'must hold URLs without fragment: https, http on this machine, or a scheme such as com.example.app',
        },
      ];
  return [...halves, ...servers, ...returns];
}

/** Requires TLS beyond this machine. */
function isServer(text: string): boolean {
  if (text.includes(',') || !URL.canParse(text)) return false;
  const { protocol, hostname, search, hash, username, password } = new URL(text);
  if (search !== '' || hash !== '' || username !== '' || password !== '') return false;
  return protocol === 'https:' || isLoopback(hostname);
}
