// How three people come to a workspace of their own, and how it is removed. The operator hands the links on, so that no mail server
// is needed.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Caller } from './caller.ts';
import { ZONE, type Person, type Shop, type Story } from './story.ts';

const PASSWORD = 'seven spokes and a rusty bell';

export async function openShop(operator: Caller, story: Story): Promise<Shop> {
  story.chapter('Sunday evening: three people');
  const owner = await join(operator, operator, { name: 'Ada Lovelace', role: 'viewer', timezone: ZONE });
  const workspace = (
    await owner.session().post<{ id: string }>('/v1/workspaces', { name: 'Bicycle shop', timezone: ZONE })
  ).id;
  story.print('The operator invites Ada. She makes a workspace for her bicycle shop, which is in Berlin.');

  const inviter = owner.session(workspace);
  const ada = await withToken(owner, workspace);
  const bob = await withToken(await join(operator, inviter, { name: 'Bob Baker', role: 'member' }), workspace);
  const cleo = await withToken(await join(operator, inviter, { name: 'Cleo Counts', role: 'viewer' }), workspace);
  const me = await bob.api.get<{ timezone: string }>('/v1/me');
  assert.equal(me.timezone, ZONE);
  story.print(
    'Bob and Cleo join by their links, with passwords that are not easy to guess. Their clocks are set to Berlin.',
  );
  return { workspace, ada, bob, cleo, lists: {}, templates: {}, tasks: {} };
}

export async function closeShop(operator: Caller, { workspace, ada, bob, cleo }: Shop, story: Story): Promise<void> {
  story.chapter('Afterwards: nothing is left');
  await operator.delete(`/v1/admin/workspaces/${workspace}`);
  for (const { id } of [ada, bob, cleo]) await operator.delete(`/v1/admin/users/${id}`);
  await ada.api.refused('401 unauthorized', 'GET', '/v1/tasks');
  story.print('The operator deletes the workspace and the accounts. Their tokens end at once.');
}

interface Guest {
  name: string;
  role: string;
  /** Default: that of the workspace. */
  timezone?: string;
}

interface Joined {
  name: string;
  email: string;
  /** Calls of the person, in a workspace or where they choose themselves. */
  session: (workspace?: string) => Caller;
}

/** Invites a person, who follows the link and signs in. */
async function join(operator: Caller, inviter: Caller, { name, role, timezone }: Guest): Promise<Joined> {
  const email = `${name.split(' ')[0]?.toLowerCase()}-${randomBytes(4).toString('hex')}@example.com`;
  const { id } = await inviter.post<{ id: string }>('/v1/invites', { email, role });
  const { url } = await operator.post<{ url: string }>(`/v1/admin/invites/${id}/link`);
  const token = new URL(url).searchParams.get('token');
  const stranger = new Caller(operator.url);
  const account = { token, name, ...(timezone === undefined ? {} : { timezone }) };
  await stranger.refused('422 validation_error', 'POST', '/v1/invites/accept', { ...account, password: 'password' });
  await stranger.post('/v1/invites/accept', { ...account, password: PASSWORD });
  const { access_token } = await stranger.post<{ access_token: string }>('/v1/auth/sign-in', {
    email,
    password: PASSWORD,
  });
  return { name, email, session: (workspace) => new Caller(operator.url, access_token, workspace) };
}

/** A script is better off with a token of its own than with a session, which has to be refreshed. */
async function withToken({ name, email, session }: Joined, workspace: string): Promise<Person> {
  const limits = { scopes: ['*'], workspace_id: workspace };
  const { token } = await session().post<{ token: string }>('/v1/me/tokens', { name: 'Two weeks', ...limits });
  const api = new Caller(session().url, token);
  const { user } = await api.get<{ user: { id: string } }>('/v1/whoami');
  return { id: user.id, name, email, api };
}
