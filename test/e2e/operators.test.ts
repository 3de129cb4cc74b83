// Operators over REST and NATS: a disabled user is out on every node, a deleted workspace is erased in every module, and links are
// in the answer alone.
import type { OneTimeLink, UserAccount } from '@mono/auth/contract';
import { ApiClient, type ErrorBody } from '../support/api-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { MailLinks } from '../support/mail-links.ts';
import { NatsClient } from '../support/nats-client.ts';
import { newAddress, signIn, signUp, type Person } from '../support/people.ts';
import { sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

interface Entry {
  action: string;
  actor: { kind: string };
  details: { id?: string };
}

async function statusOf(client: ApiClient, path = '/v1/me'): Promise<number> {
  return (await client.get(path)).status;
}

describe.each(TOPOLOGIES)('operators, %s', (topology) => {
  let installation: SharedInstallation;
  let links: MailLinks;
  let nats: NatsClient;
  let api: ApiClient;
  let url: string;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    ({ api, url } = installation.server);
    links = await MailLinks.open(installation);
    nats = await NatsClient.connect(installation.nats.url, installation.key);
  });
  afterAll(async () => {
    await nats?.close();
    await links?.close();
  });

  const person = (): Promise<Person> => signUp(url, links, newAddress('operated'));
  /** The actions of the trail about a thing. */
  const trail = async (id: string): Promise<string[]> => {
    const { items } = (await api.get<{ items: Entry[] }>('/v1/admin/audit?limit=500&order_dir=desc')).body;
    return items
      .filter(({ details, actor }) => details.id === id && actor.kind === 'api_key')
      .map(({ action }) => action);
  };

  test('a disabled user is out on every node, and comes back by a sign-in only', async () => {
    const ada = await person();
    const { token } = (await ada.api.post<{ token: string }>('/v1/me/tokens', { name: 'Robot', scopes: ['*'] })).body;
    const robot = new ApiClient(url, token);
    expect([await statusOf(ada.api), await statusOf(robot)]).toEqual([200, 200]);

    const disabled = await api.post<UserAccount>(`/v1/admin/users/${ada.id}/disable`, {});
    expect([disabled.status, typeof disabled.body.disabled_at]).toEqual([200, 'string']);
    await until('session and token are out', async () =>
      [await statusOf(ada.api), await statusOf(robot)].every((status) => status === 401),
    );
    const refused = await new ApiClient(url).post<ErrorBody>('/v1/auth/refresh', {
      refresh_token: ada.tokens.refresh_token,
    });
    expect(refused.status).toBe(401);
    await expect(signIn(url, ada.email)).rejects.toThrow('account_disabled');

    const enabled = await nats.call<UserAccount>('api.auth.enable_user', { id: ada.id });
    expect(enabled.body).toMatchObject({ id: ada.id, disabled_at: null });
    const back = new ApiClient(url, (await signIn(url, ada.email)).access_token);
    expect([await statusOf(back), await statusOf(robot), await statusOf(ada.api)]).toEqual([200, 401, 401]);
    await until('the trail names both', async () => {
      const actions = await trail(ada.id);
      return actions.includes('user.disabled') && actions.includes('user.enabled');
    });
  });

  test('a link to set a password is in its answer alone', async () => {
    const ada = await person();
    const made = await api.post<OneTimeLink>(`/v1/admin/users/${ada.id}/password-link`, {});
    expect([made.status, made.body.address]).toEqual([200, ada.email]);
    const token = new URL(made.body.url).searchParams.get('token') ?? '';
    await until('the trail names it', async () => (await trail(ada.id)).includes('user.password_link_created'));
    const secret = token.split('.')[1] ?? '';
    expect(secret).toHaveLength(43);
    expect(installation.server.output()).not.toContain(secret);
    const everything = JSON.stringify((await api.get('/v1/admin/audit?limit=500&order_dir=desc')).body);
    expect(everything).not.toContain(secret);
    const reset = await new ApiClient(url).post('/v1/auth/reset-password', {
      token,
      new_password: 'five quiet green hills',
    });
    expect(reset.status).toBe(204);
    await signIn(url, ada.email, 'five quiet green hills');
  });

  test('a deleted user leaves, and the only owner of a shared workspace stays', async () => {
    const [ada, grace] = [await person(), await person()];
    const home = (await ada.api.get<{ items: { id: string }[] }>('/v1/workspaces')).body.items[0]?.id ?? '';
    await links.addMember(home, grace.id, 'member');
    const refused = await api.request<ErrorBody>('DELETE', `/v1/admin/users/${ada.id}`);
    expect([refused.status, refused.body.error.code]).toEqual([409, 'last_owner']);
    expect((await api.request('DELETE', `/v1/admin/users/${grace.id}`)).status).toBe(204);
    await until('the session is out', async () => (await statusOf(grace.api)) === 401);
    expect((await api.get(`/v1/admin/users/${grace.id}`)).status).toBe(404);
    const former = await ada.api.get(`/v1/members/${grace.id}`);
    expect([former.status, former.body]).toMatchObject([200, { status: 'former', name: 'Deleted user' }]);
  });

  test('a deleted workspace is erased in every module, with members and keys', async () => {
    const [ada, grace] = [await person(), await person()];
    const home = (await ada.api.get<{ items: { id: string }[] }>('/v1/workspaces')).body.items[0]?.id ?? '';
    await links.addMember(home, grace.id, 'member');
    const key = (await ada.api.post<{ key: string }>('/v1/api-keys', { name: 'Robot', scopes: ['*'] })).body.key;
    const keyed = new ApiClient(url, key);
    const list = (await keyed.post<{ id: string }>('/v1/lists', { title: 'Erased' })).body.id;
    await keyed.post('/v1/tasks', { title: 'Erased', list_id: list });
    await keyed.post('/v1/templates', {
      title: 'Erased',
      list_id: list,
      rule: { dtstart: '2026-05-01T09:00:00', rrule: 'FREQ=DAILY' },
    });
    expect((await api.request('DELETE', `/v1/admin/workspaces/${home}`)).status).toBe(204);
    await until('the key is out', async () => (await statusOf(keyed, '/v1/lists')) === 401);
    await until('both are out of it', async () => {
      const answers = [ada, grace].map(({ api: one }) => one.get('/v1/lists', { 'x-workspace': home }));
      return (await Promise.all(answers)).every(({ status }) => status === 404);
    });
    await until('every module has erased it', async () => {
      const { rows } = await links.database.query<{ left: number }>(
        `SELECT (SELECT count(*) FROM tasks.list WHERE workspace_id = $1)
           + (SELECT count(*) FROM tasks.task WHERE workspace_id = $1)
           + (SELECT count(*) FROM recurrence.template WHERE workspace_id = $1)
           + (SELECT count(*) FROM time_tracking.task WHERE workspace_id = $1)
           + (SELECT count(*) FROM changes.change WHERE workspace_id = $1) AS left`,
        [home],
      );
      return Number(rows[0]?.left) === 0;
    });
    expect(await statusOf(ada.api)).toBe(200);
    await until('the trail names it', async () => (await trail(home)).includes('workspace.deleted'));
  });
});
