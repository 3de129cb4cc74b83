// A provider that lies: what the real one in the end-to-end tests never does.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose';
import { OpenIdProvider } from './openid-provider.js';

const REDIRECT_URI = 'https://mono.example/sign-in/callback/oidc';
const CHECKS = { state: 'the state', nonce: 'the nonce', verifier: 'v'.repeat(43) };
const QUERY = new URLSearchParams({ code: 'the code', state: CHECKS.state });
const CLIENT = { id: 'oidc', name: 'Tests', clientId: 'mono', clientSecret: 'a secret: %&' };

function tokens(id_token: string): object {
  return { access_token: 'an access token', token_type: 'Bearer', id_token };
}

describe('an OpenID provider', () => {
  let server: Server;
  let issuer: string;
  let own: CryptoKey;
  let other: CryptoKey;
  let publicKey: object;
  /** Its answers, by path. */
  let answers: Record<string, (body: string, request: IncomingMessage) => unknown>;
  let asked: string[];

  beforeAll(async () => {
    const pair = await generateKeyPair('RS256');
    own = pair.privateKey;
    other = (await generateKeyPair('RS256')).privateKey;
    publicKey = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
    server = createServer((request, response) => {
      void text(request).then(async (body) => {
        asked.push(request.url ?? '');
        const answer = await answers[request.url ?? '']?.(body, request);
        response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
        return response.end(JSON.stringify(answer ?? {}));
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  beforeEach(() => {
    asked = [];
    answers = {
      '/.well-known/openid-configuration': () => ({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        id_token_signing_alg_values_supported: ['RS256'],
      }),
      '/jwks': () => ({ keys: [publicKey] }),
      '/token': async () => tokens(await idToken({})),
    };
  });

  function provider(now?: () => number): OpenIdProvider {
    return new OpenIdProvider({ ...CLIENT, issuer }, now);
  }

  function idToken(claims: JWTPayload, key = own): Promise<string> {
    return new SignJWT({ nonce: CHECKS.nonce, email: 'ada@example.com', email_verified: true, name: 'Ada', ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuer(claims.iss ?? issuer)
      .setSubject(claims.sub ?? '42')
      .setAudience(claims.aud ?? CLIENT.clientId)
      .setIssuedAt()
      .setExpirationTime(claims.exp ?? '5m')
      .sign(key);
  }

  test('is believed when everything holds, and its documents are read once', async () => {
    const one = provider();
    const proven = { issuer, subject: '42', email: 'ada@example.com', email_verified: true, name: 'Ada' };
    expect(await one.exchange(QUERY, CHECKS, REDIRECT_URI)).toEqual(proven);
    expect(await one.exchange(QUERY, CHECKS, REDIRECT_URI)).toEqual(proven);
    expect(asked.toSorted()).toEqual(['/.well-known/openid-configuration', '/jwks', '/token', '/token']);
  });

  test('is sent the verifier and the very redirect URI, with the secret in the header', async () => {
    let sent = new URLSearchParams();
    let authorization: string | undefined;
    const valid = answers['/token'];
    answers['/token'] = (body, request) => {
      sent = new URLSearchParams(body);
      authorization = request.headers.authorization;
      return valid?.(body, request);
    };
    await provider().exchange(QUERY, CHECKS, REDIRECT_URI);
    expect(Object.fromEntries(sent)).toMatchObject({
      grant_type: 'authorization_code',
      code: 'the code',
      code_verifier: CHECKS.verifier,
      redirect_uri: REDIRECT_URI,
    });
    expect(sent.has('client_secret')).toBe(false);
    const [, credentials = ''] = authorization?.split(' ') ?? [];
    expect(Buffer.from(credentials, 'base64').toString()).toBe('mono:a+secret%3A+%25%26');
    const url = new URL(await provider().authorizationUrl(CHECKS, REDIRECT_URI));
    const challenge = createHash('sha256').update(CHECKS.verifier).digest('base64url');
    expect(url.searchParams.get('code_challenge')).toBe(challenge);
  });

  test.each<[string, () => Promise<string>]>([
    ['a key of somebody else', () => idToken({}, other)],
    ['no key at all', () => Promise.resolve(unsigned())],
    ['another issuer', () => idToken({ iss: 'https://evil.example' })],
    ['another audience', () => idToken({ aud: 'somebody else' })],
    ['another nonce', () => idToken({ nonce: 'of another sign-in' })],
    ['no nonce', () => idToken({ nonce: undefined })],
    ['a time that is over', () => idToken({ exp: Math.floor(Date.now() / 1_000) - 3_600 })],
  ])('is not believed by %s', async (_what, make) => {
    answers['/token'] = async () => tokens(await make());
    await expect(provider().exchange(QUERY, CHECKS, REDIRECT_URI)).rejects.toMatchObject({ code: 'provider_refused' });
  });

  function unsigned(): string {
    return new UnsecuredJWT({ nonce: CHECKS.nonce, sub: '42', iss: issuer, aud: CLIENT.clientId })
      .setIssuedAt()
      .setExpirationTime('5m')
      .encode();
  }

  test('has to give an ID token, and for this state', async () => {
    answers['/token'] = () => ({ access_token: 'an access token', token_type: 'Bearer' });
    await expect(provider().exchange(QUERY, CHECKS, REDIRECT_URI)).rejects.toMatchObject({ code: 'provider_refused' });
    const query = new URLSearchParams({ code: 'the code', state: 'another' });
    await expect(provider().exchange(query, CHECKS, REDIRECT_URI)).rejects.toMatchObject({ code: 'provider_refused' });
  });

  test.each<[string, object]>([
    ['another issuer', { issuer: 'https://evil.example' }],
    ['nothing', {}],
    ['more than anybody reads', { padding: 'x'.repeat(300 * 1024) }],
  ])('whose document tells of %s is away', async (_what, document) => {
    const valid = (await answers['/.well-known/openid-configuration']?.('', {} as IncomingMessage)) as object;
    answers['/.well-known/openid-configuration'] = () =>
      Object.keys(document).length === 0 ? undefined : { ...valid, ...document };
    await expect(provider().authorizationUrl(CHECKS, REDIRECT_URI)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('cannot send this service to another machine in the clear', async () => {
    const valid = (await answers['/.well-known/openid-configuration']?.('', {} as IncomingMessage)) as object;
    const token_endpoint = 'http://10.0.0.1/latest/meta-data';
    answers['/.well-known/openid-configuration'] = () => ({ ...valid, token_endpoint });
    await expect(provider().exchange(QUERY, CHECKS, REDIRECT_URI)).rejects.toMatchObject({
      code: 'provider_refused',
      cause: { message: 'The provider names an endpoint that is not https, at 10.0.0.1.' },
    });
  });

  test('is asked again after an hour, once for all who wait; while it is away, what is known goes on', async () => {
    let now = 0;
    const one = provider(() => now);
    const start = () => one.authorizationUrl(CHECKS, REDIRECT_URI);
    await Promise.all([start(), start(), start()]);
    expect(asked).toHaveLength(1);
    now = 61 * 60 * 1_000;
    answers = {};
    expect(await start()).toContain(`${issuer}/authorize?`);
    expect(asked).toHaveLength(2);
  });
});
