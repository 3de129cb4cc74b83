// The part of GitHub that a sign-in needs, by its documentation: OAuth 2 with PKCE, and two routes of its API.
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export const GITHUB_CLIENT = { id: 'Iv1.mono', secret: 'the secret of mono at the GitHub of tests' };
export const API_PATH = '/api/v3';

export interface GithubUser {
  id: number;
  login: string;
  name: string | null;
  emails: { email: string; primary: boolean; verified: boolean }[];
}

interface Grant {
  user: GithubUser;
  challenge: string;
  redirectUri: string;
}

export class FakeGithub {
  url = '';
  /** Replaces the response of the API. */
  apiAnswer: { status: number; body: string } | undefined;
  private readonly grants = new Map<string, Grant>();
  private readonly tokens = new Map<string, GithubUser>();
  private readonly server = createServer((request, response) => void this.answer(request, response));

  async start(): Promise<this> {
    await new Promise<void>((resolve) => {
      this.server.listen(0, '127.0.0.1', resolve);
    });
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => {
      this.server.close(() => resolve());
    });
  }

  /** The user authorizes the application. @returns the URL to which the browser is redirected. */
  authorize(authorizationUrl: string, user: GithubUser): URL {
    const { pathname, searchParams } = new URL(authorizationUrl);
    const of = (name: string) => searchParams.get(name) ?? '';
    if (pathname !== '/login/oauth/authorize' || of('client_id') !== GITHUB_CLIENT.id)
      throw new Error(authorizationUrl);
    const code = randomBytes(10).toString('hex');
    this.grants.set(code, { user, challenge: of('code_challenge'), redirectUri: of('redirect_uri') });
    const back = new URL(of('redirect_uri'));
    back.searchParams.set('code', code);
    back.searchParams.set('state', of('state'));
    return back;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body } =
      request.url === '/login/oauth/access_token'
        ? { status: 200, body: JSON.stringify(this.redeem(new URLSearchParams(await text(request)))) }
        : (this.apiAnswer ?? this.tell(request));
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(body);
  }

  /** GitHub also answers refusals with 200. */
  private redeem(form: URLSearchParams): object {
    const code = form.get('code') ?? '';
    const grant = this.grants.get(code);
    this.grants.delete(code);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const holds =
      form.get('client_id') === GITHUB_CLIENT.id &&
      form.get('client_secret') === GITHUB_CLIENT.secret &&
      grant?.redirectUri === form.get('redirect_uri') &&
      grant?.challenge === challenge;
    if (!grant || !holds) return { error: 'bad_verification_code', error_description: 'The code is wrong or used.' };
    const token = `gho_${randomBytes(18).toString('hex')}`;
    this.tokens.set(token, grant.user);
    return { access_token: token, scope: 'read:user,user:email', token_type: 'bearer' };
  }

  private tell({ url, headers }: IncomingMessage): { status: number; body: string } {
    const user = this.tokens.get(/^bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '');
    if (!user || headers['user-agent'] === undefined) return { status: 401, body: '{"message":"Bad credentials"}' };
    const { emails, ...profile } = user;
    if (url === `${API_PATH}/user`) return { status: 200, body: JSON.stringify({ ...profile, email: null }) };
    if (url === `${API_PATH}/user/emails`) return { status: 200, body: JSON.stringify(emails) };
    return { status: 404, body: '{"message":"Not Found"}' };
  }
}
