// People who use the service, as tests need them: signed up, proven, in a workspace with a role, signed in.
import { randomBytes } from 'node:crypto';
import type { Role, Tokens, User } from '@mono/auth/contract';
import { ApiClient } from './api-client.ts';
import type { MailLinks } from './mail-links.ts';

export const PASSWORD = 'correct horse battery staple';

export interface Person {
  id: string;
  email: string;
  tokens: Tokens;
  api: ApiClient;
}

export function newAddress(name = 'ada'): string {
  return `${name}-${randomBytes(4).toString('hex')}@example.com`;
}

/** @throws where the answer is none of tokens. */
export async function signIn(url: string, email: string, password = PASSWORD): Promise<Tokens> {
  const { status, body } = await new ApiClient(url).post<Tokens>('/v1/auth/sign-in', { email, password });
  if (status !== 200) throw new Error(`The sign-in was answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** With a workspace of their own. */
export async function signUp(url: string, links: MailLinks, email = newAddress()): Promise<Person> {
  const stranger = new ApiClient(url);
  await stranger.post('/v1/auth/sign-up', { email, password: PASSWORD, name: 'Ada Lovelace' });
  await stranger.post('/v1/auth/verify-email', { token: await links.token('verify', email) });
  const tokens = await signIn(url, email);
  const api = new ApiClient(url, tokens.access_token);
  return { id: (await api.get<User>('/v1/me')).body.id, email, tokens, api };
}

/** In this workspace only. */
export async function memberOf(url: string, links: MailLinks, workspaceId: string, role: Role): Promise<Person> {
  const person = await signUp(url, links, newAddress(role));
  await links.database.query('DELETE FROM auth.workspace_member WHERE user_id = $1', [person.id]);
  await links.database.query(
    'INSERT INTO auth.workspace_member (id, workspace_id, user_id, role) VALUES (gen_random_uuid(), $1, $2, $3)',
    [workspaceId, person.id, role],
  );
  // Signed in anew: what was looked up before is believed for some seconds.
  const tokens = await signIn(url, person.email);
  return { ...person, tokens, api: new ApiClient(url, tokens.access_token) };
}
