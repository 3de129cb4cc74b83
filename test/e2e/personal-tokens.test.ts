// Personal access tokens over REST and NATS: they act as their user, within their limits, until they are revoked on every node.
import type { Caller, NewPersonalToken, PersonalTokenPage, User } from '@mono/auth/contract';
import { ApiClient, type ErrorBody } from '../support/api-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { MailLinks } from '../support/mail-links.ts';
import { NatsClient } from '../support/nats-client.ts';
import { memberOf, PASSWORD, type Person } from '../support/people.ts';
import { sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

const TOKENS = '/v1/me/tokens';

interface Thing {
  id: string;
}
interface Page<Item = Thing> {
  items: Item[];
}

async function status(api: ApiClient, path = '/v1/lists'): Promise<number> {
  return (await api.get(path)).status;
}

describe.each(TOPOLOGIES)('personal access tokens, %s', (topology) => {
  let installation: SharedInstallation;
  let links: MailLinks;
  let nats: NatsClient;
  let url: string;
  let ada: Person;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    ({ url } = installation.server);
    links = await MailLinks.open(installation);
    nats = await NatsClient.connect(installation.nats.url, '');
    ada = await memberOf(url, links, installation.workspaceId, 'member');
  });
  afterAll(async () => {
    await nats?.close();
    await links?.close();
  });

  async function create(input: object = {}, person = ada): Promise<NewPersonalToken> {
    const made = await person.api.post<NewPersonalToken>(TOKENS, { name: 'Laptop', scopes: ['*'], ...input });
    expect([made.status, made.body]).toEqual([201, expect.anything()]);
    return made.body;
  }
  const as = ({ token }: NewPersonalToken): ApiClient => new ApiClient(url, token);
  const overNats = async (token: string, subject: string, body?: object) =>
    nats.call<Caller>(subject, body, { Authorization: `Bearer ${token}` });

  test('a token is its user: profile, timers, tasks of mine, the author of changes', async () => {
    const made = await create();
    const api = as(made);
    expect((await api.get<User>('/v1/me')).body).toMatchObject({ id: ada.id, email: ada.email });
    const list = (await api.post<Thing>('/v1/lists', { title: 'Of a token' })).body.id;
    const task = await api.post<Thing>('/v1/tasks', { title: 'Mine', list_id: list, assignee_id: ada.id });
    const mine = await api.get<Page>(`/v1/tasks?filter=${encodeURIComponent('assignee:me')}&list_id=${list}`);
    expect(mine.body.items.map(({ id }) => id)).toEqual([task.body.id]);
    expect((await api.post('/v1/time/timer/start', { task_id: task.body.id })).status).toBeLessThan(300);
    expect((await ada.api.get('/v1/time/timer')).body).toMatchObject({ entry: { task_id: task.body.id } });
    await api.post('/v1/time/timer/stop', {});
    await until('the audit trail names the user', async () => {
      const path = '/v1/admin/audit?action=user.personal_token_created&limit=500&order_dir=desc';
      const { items } = (await installation.server.api.get<Page<{ actor: Thing }>>(path)).body;
      return items.some(({ actor }) => actor.id === ada.id);
    });
  });

  test('whoami describes every credential, over REST and NATS', async () => {
    const made = await create({ scopes: ['tasks:read'], workspace_id: installation.workspaceId });
    const expected = {
      kind: 'personal_token',
      id: made.id,
      name: 'Laptop',
      user: { id: ada.id },
      workspace: { id: installation.workspaceId },
      role: 'member',
      scopes: ['tasks:read'],
      expires_at: made.expires_at,
    };
    expect((await as(made).get<Caller>('/v1/whoami')).body).toMatchObject(expected);
    expect((await overNats(made.token, 'api.auth.whoami')).body).toMatchObject(expected);
    expect((await ada.api.get<Caller>('/v1/whoami')).body).toMatchObject({ kind: 'session', user: { id: ada.id } });
    const key = await installation.server.api.get<Caller>('/v1/whoami');
    expect(key.body).toMatchObject({
      kind: 'api_key',
      user: null,
      role: null,
      workspace: { id: installation.workspaceId },
      scopes: expect.arrayContaining(['*']),
    });
    const limited = await installation.server.api.post<{ id: string; key: string }>('/v1/api-keys', {
      name: 'Limited',
      scopes: ['tasks:read'],
      list_ids: [ada.id],
    });
    expect((await new ApiClient(url, limited.body.key).get<Caller>('/v1/whoami')).body).toMatchObject({
      id: limited.body.id,
      name: 'Limited',
      list_ids: [ada.id],
    });
  });

  test('a narrowed token has its scopes and lists, and no more', async () => {
    const list = (await ada.api.post<Thing>('/v1/lists', { title: 'Allowed' })).body.id;
    const other = (await ada.api.post<Thing>('/v1/lists', { title: 'Other' })).body.id;
    const workspace_id = installation.workspaceId;
    const api = as(await create({ scopes: ['tasks:read'], workspace_id, list_ids: [list] }));
    expect(await status(api, `/v1/lists/${list}`)).toBe(200);
    expect(await status(api, `/v1/lists/${other}`)).toBe(404);
    expect((await api.post('/v1/tasks', { title: 'No', list_id: list })).status).toBe(403);
    expect((await api.patch('/v1/me', { name: 'No' })).status).toBe(403);
    expect((await api.delete(`/v1/members/${ada.id}`)).status).toBe(403);
    const elsewhere = await api.get<ErrorBody>('/v1/lists', { 'x-workspace': list });
    expect([elsewhere.status, elsewhere.body.error.code]).toEqual([404, 'workspace_not_found']);
  });

  test('a token creates neither tokens nor keys, and does not change the password', async () => {
    const admin = await memberOf(url, links, installation.workspaceId, 'admin');
    const made = await create({}, admin);
    const api = as(made);
    const change = { current_password: PASSWORD, new_password: 'staple battery horse correct' };
    for (const [path, body] of [
      [TOKENS, { name: 'Next', scopes: ['*'] }],
      ['/v1/api-keys', { name: 'Next', scopes: ['*'] }],
      ['/v1/auth/change-password', change],
      ['/v1/auth/sign-out-all', {}],
    ] as const) {
      const refused = await api.post<ErrorBody>(path, body);
      expect([path, refused.status, refused.body.error.code]).toEqual([path, 403, 'forbidden']);
    }
    expect(await status(api, TOKENS)).toBe(403);
    expect((await overNats(made.token, 'api.auth.create_personal_token', { name: 'N', scopes: ['*'] })).status).toBe(
      403,
    );
    expect((await overNats(made.token, 'api.auth.create_api_key', { name: 'N', scopes: ['*'] })).status).toBe(403);
    // The scope of admins itself is there.
    expect(await status(api, '/v1/api-keys')).toBe(200);
  });

  test('a revoked token is refused over REST and NATS', async () => {
    const made = await create();
    expect(await status(as(made))).toBe(200);
    expect((await overNats(made.token, 'api.auth.whoami')).status).toBe(200);
    const list = await ada.api.get<PersonalTokenPage>(TOKENS);
    expect(list.body.items.map(({ id }) => id)).toContain(made.id);
    expect(JSON.stringify(list.body)).not.toContain(made.token.slice(-43));
    expect((await ada.api.delete(`${TOKENS}/${made.id}`)).status).toBe(204);
    await until('REST refuses it', async () => (await status(as(made))) === 401);
    await until('NATS refuses it', async () => (await overNats(made.token, 'api.auth.whoami')).status === 401);
    expect(await status(ada.api, `${TOKENS}/${made.id}`)).toBe(404);
    expect(installation.server.output()).not.toContain(made.token.slice(-43));
  });

  test('the last use is noted', async () => {
    const made = await create();
    expect(await status(as(made))).toBe(200);
    await until('its use is noted', async () => {
      const { body } = await ada.api.get<NewPersonalToken>(`${TOKENS}/${made.id}`);
      return body.last_used_at;
    });
  });

  test('a token of a removed member is refused', async () => {
    const member = await memberOf(url, links, installation.workspaceId, 'member');
    const made = await create({ workspace_id: installation.workspaceId }, member);
    expect(await status(as(made))).toBe(200);
    expect((await installation.server.api.delete(`/v1/members/${member.id}`)).status).toBe(204);
    await until('it is refused', async () => (await status(as(made))) === 401);
  });
});
