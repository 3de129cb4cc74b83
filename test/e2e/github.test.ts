// Sign-in with GitHub, by OAuth 2 and the user routes of its API.
import type { User } from '@mono/auth/contract';
import { FakeGithub, API_PATH, GITHUB_CLIENT, type GithubUser } from '../support/fake-github.ts';
import { createInstallation, type Installation } from '../support/installation.ts';
import {
  Application,
  callbackOf,
  outcomeOf,
  PUBLIC_URL,
  RETURN_URL,
  type Tokens,
} from '../support/sign-in-by-provider.ts';

let users = 1_000;

function somebody(more: Partial<GithubUser> = {}): GithubUser {
  users += 1;
  return {
    id: users,
    login: `octocat-${users}`,
    name: null,
    emails: [
      { email: `other.${users}@example.com`, primary: false, verified: true },
      { email: `octocat.${users}@example.com`, primary: true, verified: true },
    ],
    ...more,
  };
}

describe('signing in with GitHub', () => {
  let installation: Installation;
  let github: FakeGithub;
  let app: Application;

  beforeAll(async () => {
    installation = await createInstallation();
    github = await new FakeGithub().start();
    const server = await installation.startServer({
      env: {
        PUBLIC_URL,
        GITHUB_URL: github.url,
        GITHUB_API_URL: `${github.url}${API_PATH}`,
        GITHUB_CLIENT_ID: GITHUB_CLIENT.id,
        GITHUB_CLIENT_SECRET: GITHUB_CLIENT.secret,
        SIGN_IN_RETURN_URLS: RETURN_URL,
      },
    });
    app = new Application(server.url, 'github');
  });
  afterAll(async () => {
    await installation?.end();
    await github?.stop();
  });
  afterEach(() => {
    github.apiAnswer = undefined;
  });

  async function signIn(user: GithubUser): Promise<{ outcome: string | number; tokens: Tokens }> {
    const { authorization_url, flow } = await app.start();
    const { code, error } = await app.returned(github.authorize(authorization_url, user));
    expect(error).toBeNull();
    const answer = await app.finish(flow, code);
    return { outcome: outcomeOf(answer), tokens: answer.body };
  }

  async function me(tokens: Tokens): Promise<User> {
    return (await app.signedIn(tokens).get<User>('/v1/me')).body;
  }

  test('is listed, and redirects the browser with PKCE and state', async () => {
    expect((await app.api.get('/v1/auth/providers')).body).toEqual({ items: [{ id: 'github', name: 'GitHub' }] });
    const { searchParams } = new URL((await app.start()).authorization_url);
    expect(Object.fromEntries(searchParams)).toEqual({
      response_type: 'code',
      client_id: GITHUB_CLIENT.id,
      redirect_uri: callbackOf('github'),
      scope: 'read:user user:email',
      state: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge_method: 'S256',
    });
  });

  test('an account has the primary address, and is identified by the numeric id after a change of the login', async () => {
    const octocat = somebody();
    const first = await signIn(octocat);
    expect(first.outcome).toBe(200);
    const made = await me(first.tokens);
    expect(made).toMatchObject({ email: octocat.emails[1]?.email, name: octocat.login });
    const renamed = await signIn({ ...octocat, login: 'renamed', emails: [] });
    expect((await me(renamed.tokens)).id).toBe(made.id);
    const successor = await signIn(somebody({ login: octocat.login }));
    expect((await me(successor.tokens)).id).not.toBe(made.id);
  });

  test.each([
    ['is not verified', [{ email: 'mine@example.com', primary: true, verified: false }]],
    ['is missing, though another is verified', [{ email: 'mine@example.com', primary: false, verified: true }]],
    ['is none', [{ email: 'nobody', primary: true, verified: true }]],
  ])('creates no account if the primary address %s', async (_what, emails) => {
    expect((await signIn(somebody({ emails }))).outcome).toBe('provider_email_not_verified');
  });

  test('rejects a code of another sign-in, also with a valid state', async () => {
    const [attacker, victim] = [await app.start(), await app.start()];
    const stolen = github.authorize(attacker.authorization_url, somebody());
    stolen.searchParams.set('state', new URL(victim.authorization_url).searchParams.get('state') ?? '');
    expect(await app.returned(stolen)).toEqual({ code: '', error: 'provider_refused' });
  });

  test('rejects a return to the URL of another provider', async () => {
    const { authorization_url } = await app.start();
    const callback = github.authorize(authorization_url, somebody());
    callback.pathname = callback.pathname.replace('github', 'oidc');
    expect((await app.comeBack(callback)).status).toBe(400);
    callback.pathname = callback.pathname.replace('oidc', 'github');
    expect((await app.comeBack(callback)).status).toBe(303);
  });

  test.each([
    ['does not work', { status: 502, body: 'Unicorn!' }, 'unavailable'],
    ['takes no more requests', { status: 429, body: '{}' }, 'unavailable'],
    ['tells no user', { status: 200, body: '[]' }, 'provider_refused'],
    ['returns no JSON', { status: 200, body: 'Unicorn!' }, 'provider_refused'],
    [
      'tells without end',
      { status: 200, body: JSON.stringify({ id: 1, padding: 'x'.repeat(300 * 1024) }) },
      'provider_refused',
    ],
    ['sends elsewhere', { status: 307, body: JSON.stringify({ id: 1 }) }, 'provider_refused'],
  ])('creates no session if the API %s', async (_what, apiAnswer, error) => {
    github.apiAnswer = apiAnswer;
    const { authorization_url } = await app.start();
    expect(await app.returned(github.authorize(authorization_url, somebody()))).toEqual({ code: '', error });
  });
});
