// A sign-in with a provider, step by step, in the roles of application and browser.
import { ApiClient, type Answer, type ErrorBody } from './api-client.ts';

/** Nobody listens there: the tests forward redirects to the server under test. */
export const PUBLIC_URL = 'https://mono.example';
export const RETURN_URL = 'https://app.example/signed-in?from=mono';

export interface Started {
  authorization_url: string;
  flow: string;
  expires_in: number;
}

export interface Tokens {
  access_token: string;
  refresh_token: string;
}

export function callbackOf(provider: string): string {
  return `${PUBLIC_URL}/sign-in/callback/${provider}`;
}

export class Application {
  readonly api: ApiClient;
  private readonly url: string;
  private readonly provider: string;

  constructor(url: string, provider: string) {
    this.url = url;
    this.provider = provider;
    this.api = new ApiClient(url);
  }

  async start(body: object = { return_url: RETURN_URL }): Promise<Started> {
    const answer = await this.api.post<Started>(`/v1/auth/providers/${this.provider}/start`, body);
    if (answer.status !== 200)
      throw new Error(`The start is answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** Follows the redirect of the provider. The Host header is not that of the service. */
  comeBack(callback: URL): Promise<Response> {
    return fetch(new URL(`${callback.pathname}${callback.search}`, this.url), {
      redirect: 'manual',
      headers: { 'x-forwarded-host': 'evil.example' },
    });
  }

  /** @returns the parameters for the application: `sign_in_code`, or `error`. */
  async returned(callback: URL): Promise<{ code: string; error: string | null }> {
    const { searchParams } = new URL((await this.comeBack(callback)).headers.get('location') ?? 'none:');
    return { code: searchParams.get('sign_in_code') ?? '', error: searchParams.get('error') };
  }

  finish<Body = Tokens & Partial<ErrorBody>>(flow: string, code: string): Promise<Answer<Body>> {
    return this.api.post<Body>(`/v1/auth/providers/${this.provider}/finish`, { flow, code });
  }

  link<Body = { id: string } & Partial<ErrorBody>>(tokens: Tokens, flow: string, code: string): Promise<Answer<Body>> {
    return this.signedIn(tokens).post<Body>('/v1/me/identities', { provider: this.provider, flow, code });
  }

  signedIn({ access_token }: Tokens): ApiClient {
    return new ApiClient(this.url, access_token);
  }
}

/** The outcome of a response: the error's code, or the status. */
export function outcomeOf({ status, body }: Answer<Partial<ErrorBody>>): string | number {
  return body.error?.code ?? status;
}
