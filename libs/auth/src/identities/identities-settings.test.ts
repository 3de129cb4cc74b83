import { parseConfiguration } from '@mono/platform';
import { faultsOfIdentities, identitiesSettings } from './identities-settings.js';

function faultsOf(environment: Record<string, string>): string[] {
  const { slice } = parseConfiguration({ slice: identitiesSettings }, environment);
  return faultsOfIdentities(slice).map(({ name }) => name);
}

const OIDC = { OIDC_ISSUER: 'https://id.example', OIDC_CLIENT_ID: 'mono', OIDC_CLIENT_SECRET: 'secret' };

describe('the settings of providers', () => {
  test('none of them is needed, and each group is whole', () => {
    expect(faultsOf({})).toEqual([]);
    expect(faultsOf(OIDC)).toEqual([]);
    expect(faultsOf({ GOOGLE_CLIENT_ID: 'a', GOOGLE_CLIENT_SECRET: 'b' })).toEqual([]);
  });

  test('half a provider is a fault that names what is missing', () => {
    expect(faultsOf({ OIDC_ISSUER: 'https://id.example' })).toEqual(['OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET']);
    expect(faultsOf({ OIDC_CLIENT_SECRET: 'secret', OIDC_CLIENT_ID: 'mono' })).toEqual(['OIDC_ISSUER']);
    expect(faultsOf({ GOOGLE_CLIENT_ID: 'a' })).toEqual(['GOOGLE_CLIENT_SECRET']);
    expect(faultsOf({ GITHUB_CLIENT_SECRET: 'b' })).toEqual(['GITHUB_CLIENT_ID']);
  });

  test.each(['http://127.0.0.1:9000', 'http://localhost/realm', 'http://[::1]:80', 'https://id.example/realms/one'])(
    'a provider can be at %s',
    (OIDC_ISSUER) => {
      expect(faultsOf({ ...OIDC, OIDC_ISSUER })).toEqual([]);
    },
  );

  test.each([
    'http://id.example',
    'http://127.0.0.1.evil.example',
    'https://one.example,https://two.example',
    'https://id.example?tenant=1',
    'https://id.example#one',
    'https://me:mine@id.example',
  ])('a provider cannot be at %s', (url) => {
    expect(faultsOf({ ...OIDC, OIDC_ISSUER: url })).toEqual(['OIDC_ISSUER']);
    expect(faultsOf({ GITHUB_URL: url, GITHUB_API_URL: url })).toEqual(['GITHUB_URL', 'GITHUB_API_URL']);
  });

  test('browsers return to web pages and to apps, and to nothing that a page could run', () => {
    const good = 'https://app.example/in,http://127.0.0.1:8080/in,http://localhost/in,com.example.app:/in';
    expect(faultsOf({ SIGN_IN_RETURN_URLS: good })).toEqual([]);
    for (const bad of [
      'http://app.example',
      'javascript:alert(1)',
      'data:text/html,x',
      '/in',
      'https://a.example/#in',
    ]) {
      expect(faultsOf({ SIGN_IN_RETURN_URLS: bad })).toEqual(['SIGN_IN_RETURN_URLS']);
    }
  });
});
