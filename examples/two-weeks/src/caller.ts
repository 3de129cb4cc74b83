// A person or a program that calls the API: answers are bodies, and a refusal is an error unless it is expected.
import assert from 'node:assert/strict';

export interface Page<Item> {
  items: Item[];
  page: { total: number | null };
}

export interface Refusal {
  code: string;
  message: string;
  details: unknown;
}

export class Caller {
  readonly url: string;
  private readonly headers: Record<string, string>;

  /**
   * @param credential an API key, a personal token or an access token; none for sign-in and links.
   * @param workspace the one in which the calls act, if the credential is good for several.
   */
  constructor(url: string, credential?: string, workspace?: string) {
    this.url = url;
    this.headers = {
      ...(credential === undefined ? {} : { authorization: `Bearer ${credential}` }),
      ...(workspace === undefined ? {} : { 'x-workspace': workspace }),
    };
  }

  /** @throws Error if the answer is not 2xx. */
  async call<Body>(method: string, path: string, input?: unknown): Promise<Body> {
    const { status, text } = await this.request(method, path, input);
    assert(status < 300, `${method} ${path} was answered ${status}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Body;
  }

  get<Body>(path: string, query: Record<string, string> = {}): Promise<Body> {
    return this.call<Body>('GET', withQuery(path, query));
  }

  post<Body>(path: string, input: unknown = {}): Promise<Body> {
    return this.call<Body>('POST', path, input);
  }

  patch<Body>(path: string, input: unknown): Promise<Body> {
    return this.call<Body>('PATCH', path, input);
  }

  put<Body>(path: string, input: unknown): Promise<Body> {
    return this.call<Body>('PUT', path, input);
  }

  async delete(path: string): Promise<void> {
    await this.call('DELETE', path);
  }

  /** An answer that is not JSON: a report as CSV, a calendar. */
  async text(path: string, query: Record<string, string> = {}): Promise<string> {
    const { status, text } = await this.request('GET', withQuery(path, query), undefined);
    assert.equal(status, 200, text);
    return text;
  }

  /** @returns the refusal. @throws Error if the call is not refused with the status and code, such as `409 list_archived`. */
  async refused(expected: string, method: string, path: string, input?: unknown): Promise<Refusal> {
    const { status, text } = await this.request(method, path, input);
    assert(status >= 400, `${method} ${path} was answered ${status} instead of ${expected}`);
    const { error } = JSON.parse(text) as { error: Refusal };
    assert.equal(`${status} ${error.code}`, expected, text);
    return error;
  }

  private async request(method: string, path: string, input: unknown): Promise<{ status: number; text: string }> {
    const json = { 'content-type': 'application/json' };
    const sent = input === undefined ? {} : { body: JSON.stringify(input) };
    const headers = input === undefined ? this.headers : { ...this.headers, ...json };
    const response = await fetch(new URL(path, this.url), { method, headers, ...sent });
    return { status: response.status, text: await response.text() };
  }
}

function withQuery(path: string, query: Record<string, string>): string {
  const text = new URLSearchParams(query).toString();
  return text === '' ? path : `${path}?${text}`;
}
