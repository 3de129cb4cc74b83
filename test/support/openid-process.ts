// Starts a real OpenID provider, and signs in there like a browser.
import { resolve } from 'node:path';
import { startChild, type Child } from './child.ts';
import { until } from './until.ts';

const SCRIPT = resolve(import.meta.dirname, 'openid-provider.ts');
const MOST_STEPS = 20;

/** A person at the provider, with the claims about them. */
export interface Person {
  subject: string;
  email: string;
  verified: boolean;
  name: string;
}

export interface OpenIdProcess {
  readonly issuer: string;
  readonly child: Child;
}

export const CLIENT = { id: 'mono', secret: 'the secret of mono at the provider of tests' };

/** @param redirectUri the only allowed one. */
export async function startOpenIdProvider(
  redirectUri: string,
  env: Record<string, string> = {},
): Promise<OpenIdProcess> {
  const child = startChild(process.execPath, [SCRIPT], {
    env: {
      PATH: process.env['PATH'],
      CLIENT_ID: CLIENT.id,
      CLIENT_SECRET: CLIENT.secret,
      REDIRECT_URI: redirectUri,
      ...env,
    },
  });
  const issuer = await until('the provider prints its issuer', () => {
    if (child.ended() !== undefined) throw new Error(child.output());
    return /^issuer (\S+)$/m.exec(child.output())?.[1];
  });
  return { issuer, child };
}

/** A browser with its own cookies, which follows redirects until they leave the provider. */
export class Browser {
  private readonly cookies = new Map<string, string>();

  /** @param cancels whether the user cancels. @returns the final URL to which the provider redirects. */
  async signIn(authorizationUrl: string, person: Person, { cancels = false } = {}): Promise<URL> {
    const { origin } = new URL(authorizationUrl);
    await fetch(new URL('/people', origin), { method: 'POST', body: JSON.stringify(person) });
    let answer = await this.fetch(authorizationUrl);
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const location = answer.headers.get('location');
      if (location !== null) {
        const next = new URL(location, answer.url === '' ? origin : answer.url);
        if (next.origin !== origin) return next;
        answer = await this.fetch(next.href);
        continue;
      }
      const page = await answer.text();
      if (cancels) {
        const [, abort = ''] = /href="([^"]+\/abort)"/.exec(page) ?? [];
        answer = await this.fetch(new URL(abort, origin).href);
        continue;
      }
      const [, action = '', prompt = ''] = /action="([^"]+)"[\s\S]*?name="prompt" value="(\w+)"/.exec(page) ?? [];
      if (action === '') throw new Error(`The provider shows no form:\n${page}`);
      const form = new URLSearchParams({ prompt, login: person.subject, password: 'any' });
      answer = await this.fetch(new URL(action, origin).href, form);
    }
    throw new Error('The provider sends the browser in circles.');
  }

  private async fetch(url: string, form?: URLSearchParams): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie },
      ...(form ? { method: 'POST', body: form } : {}),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }
}
