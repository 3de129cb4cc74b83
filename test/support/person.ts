// A user who signs up, follows the link in the mail and signs in.
import { ApiClient } from './api-client.ts';
import type { MailServer } from './mail-server.ts';

export const PASSWORD = 'correct horse battery staple';

export interface Person {
  id: string;
  email: string;
  /** The access token. */
  token: string;
  /** A client with the token. */
  api: ApiClient;
}

/** @param url of any node. @throws Error if the mail does not arrive, or its link fails. */
export async function signUpPerson(
  url: string,
  mails: Pick<MailServer, 'mailTo'>,
  email: string,
  name = 'Ada',
): Promise<Person> {
  const stranger = new ApiClient(url);
  await stranger.post('/v1/auth/sign-up', { email, password: PASSWORD, name });
  const { link } = await mails.mailTo(email, /^Confirm your email/);
  const { status } = await followLink(url, link);
  if (status !== 200) throw new Error(`The link in the mail to ${email} is answered with ${status}.`);
  return signInPerson(url, email);
}

export async function signInPerson(url: string, email: string, password = PASSWORD): Promise<Person> {
  const credentials = { email, password };
  const { body } = await new ApiClient(url).post<{ access_token: string }>('/v1/auth/sign-in', credentials);
  const api = new ApiClient(url, body.access_token);
  const me = await api.get<{ id: string }>('/v1/me');
  return { id: me.body.id, email, token: body.access_token, api };
}

/** Submits the form of the page behind a link. @param more further fields of the form. */
export function followLink(url: string, link: string, more: Record<string, string> = {}): Promise<Response> {
  const { pathname, searchParams } = new URL(link, url);
  const body = new URLSearchParams({ token: searchParams.get('token') ?? '', ...more });
  return fetch(new URL(pathname, url), { method: 'POST', body });
}
