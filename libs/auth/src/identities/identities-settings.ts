// Which providers people may sign in with, and where their browsers may end.
import { names, text, url, type ConfigurationFault, type SettingsOf } from '@mono/platform';
import { isReturnUrl } from './return-urls.js';
import { isLoopback } from './loopback.js';

export const identitiesSettings = {
  OIDC_ISSUER: url(['https', 'http'], {
    description:
      'The issuer of an OpenID provider to sign in with, as its discovery document names it. Plain http on this machine only.',
    secret: false,
  }),
  OIDC_CLIENT_ID: text({
    description: 'What it knows this service by. It must allow the redirect to `<PUBLIC_URL>/sign-in/callback/oidc`.',
  }),
  OIDC_CLIENT_SECRET: text({ description: 'With which this service proves itself to it.', secret: true }),
  OIDC_NAME: text({ description: 'What people call it.', default: 'OpenID' }),
  GOOGLE_CLIENT_ID: text({
    description: 'Turns on signing in with Google, which must allow `<PUBLIC_URL>/sign-in/callback/google`.',
  }),
  GOOGLE_CLIENT_SECRET: text({ description: 'That client’s secret.', secret: true }),
  GITHUB_CLIENT_ID: text({
    description: 'Turns on signing in with GitHub, which must allow `<PUBLIC_URL>/sign-in/callback/github`.',
  }),
  GITHUB_CLIENT_SECRET: text({ description: 'That client’s secret.', secret: true }),
  GITHUB_URL: url(['https', 'http'], {
    description: 'Where GitHub is; a GitHub Enterprise Server has a URL of its own.',
    default: 'https://github.com',
    secret: false,
  }),
  GITHUB_API_URL: url(['https', 'http'], {
    description: 'Where its API is; on a GitHub Enterprise Server `<GITHUB_URL>/api/v3`.',
    default: 'https://api.github.com',
    secret: false,
  }),
  SIGN_IN_RETURN_URLS: names({
    description:
      'The URLs of applications to which a browser may return from a provider, behind commas, compared character by character. Without it a page shows the code.',
  }),
};

export type IdentitiesSettings = SettingsOf<typeof identitiesSettings>;

/** What belongs together: all of a group, or none. */
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

/** Nothing that is told there may be read or changed on the way. */
function isServer(text: string): boolean {
  if (text.includes(',') || !URL.canParse(text)) return false;
  const { protocol, hostname, search, hash, username, password } = new URL(text);
  if (search !== '' || hash !== '' || username !== '' || password !== '') return false;
  return protocol === 'https:' || isLoopback(hostname);
}
