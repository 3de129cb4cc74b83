// Users for tests: signed up, verified, member of a workspace with a role, signed in.
import { randomBytes } from 'node:crypto';
import type { LinkKind, Role, Tokens, User } from '@mono/auth/contract';
import { ApiClient } from './api-client.ts';
import type { MailLinks } from './mail-links.ts';
import { seedProven, SIGN_IN_CODE } from './seeded-sign-ins.ts';

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

/** @throws Error for a response without tokens. */
export async function signIn(url: string, email: string, password = PASSWORD): Promise<Tokens> {
  const { status, body } = await new ApiClient(url).post<Tokens>('/v1/auth/sign-in', { email, password });
  if (status !== 200) throw new Error(`The sign-in was answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** Creates a user with a workspace. */
export async function signUp(url: string, links: MailLinks, email = newAddress()): Promise<Person> {
  const stranger = new ApiClient(url);
  const signedUp = await stranger.post('/v1/auth/sign-up', { email, password: PASSWORD, name: 'Ada Lovelace' });
  if (signedUp.status !== 202)
    throw new Error(`The sign-up was answered ${signedUp.status}: ${JSON.stringify(signedUp.body)}`);
  await stranger.post('/v1/auth/verify-email', { token: await links.token('verify', email) });
  const tokens = await signIn(url, email);
  const api = new ApiClient(url, tokens.access_token);
  return { id: (await api.get<User>('/v1/me')).body.id, email, tokens, api };
}

/** Creates a user who is member of this workspace only. */
export async function memberOf(url: string, links: MailLinks, workspaceId: string, role: Role): Promise<Person> {
  const person = await signUp(url, links, newAddress(role));
  await links.database.query('DELETE FROM auth.workspace_member WHERE user_id = $1', [person.id]);
  await links.addMember(workspaceId, person.id, role);
  // Signs in again, because earlier look-ups are cached for some seconds.
  const tokens = await signIn(url, person.email);
  return { ...person, tokens, api: new ApiClient(url, tokens.access_token) };
}

/** Operations that end the session or the account of their token. */
export const ENDING = /^(?:POST \/v1\/auth\/(?:sign-out|sign-out-all|change-password)|DELETE \/v1\/me)$/;

/** Creates an unused token of a link of the kind. @param inviter a user who may invite. */
export async function makeLinkToken(
  kind: LinkKind,
  { url, links, inviter }: { url: string; links: MailLinks; inviter: ApiClient },
): Promise<string> {
  const stranger = new ApiClient(url);
  const email = newAddress(kind.replace('_', ''));
  if (kind === 'invite') {
    await inviter.post('/v1/invites', { email });
    return links.token('invite', email);
  }
  if (kind === 'verify') {
    await stranger.post('/v1/auth/sign-up', { email, password: PASSWORD, name: 'Ada Lovelace' });
    return links.token('verify', email);
  }
  const { api } = await signUp(url, links, email);
  if (kind === 'reset') {
    await stranger.post('/v1/auth/forgot-password', { email });
    return links.token('reset', email);
  }
  const new_email = newAddress('new');
  await api.post('/v1/auth/change-email', { new_email, password: PASSWORD });
  return links.token('change_email', new_email);
}

/** The public routes that take the token of a link. */
export const KINDS_BY_PATH: Readonly<Record<string, LinkKind>> = {
  '/v1/auth/verify-email': 'verify',
  '/v1/auth/reset-password': 'reset',
  '/v1/auth/confirm-email-change': 'change_email',
  '/v1/invites/accept': 'invite',
};

/** The fields that requests about people need to succeed, in addition to those of the document. */
export async function fieldsFor(
  path: string,
  { url, links, inviter, person }: { url: string; links: MailLinks; inviter: ApiClient; person: Person | undefined },
): Promise<Record<string, string>> {
  const kind = KINDS_BY_PATH[path];
  if (kind) {
    const token = await makeLinkToken(kind, { url, links, inviter });
    return kind === 'invite' ? { token, name: 'Ada', password: PASSWORD } : { token };
  }
  if (path.endsWith('/finish')) {
    return { flow: await seedProven(links.database, newAddress()), code: SIGN_IN_CODE };
  }
  if (path === '/v1/me/identities') {
    return { flow: await seedProven(links.database, person?.email ?? ''), code: SIGN_IN_CODE };
  }
  if (path.endsWith('/sign-up') || path === '/v1/invites') return { email: newAddress() };
  if (path.endsWith('/refresh')) return { refresh_token: person?.tokens.refresh_token ?? '' };
  if (path.endsWith('/change-email')) return { new_email: newAddress(), password: PASSWORD };
  if (path.endsWith('/change-password')) return { current_password: PASSWORD };
  return /sign-in|resend|forgot/.test(path) ? { email: person?.email ?? '' } : {};
}
