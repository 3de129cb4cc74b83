// Members of workspaces: invites by mail, roles, leaving, several workspaces, and the loss of a role on every node within a second.
import type { Invite, Member, User } from '@mono/auth/contract';
import { ApiClient, type Answer, type ErrorBody } from '../support/api-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { MailLinks } from '../support/mail-links.ts';
import { memberOf, newAddress, PASSWORD, signIn, signUp, type Person } from '../support/people.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { sharedInstallation, type SharedInstallation, type SharedServer } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

interface Page<Item> {
  items: Item[];
}
interface Workspace {
  id: string;
  name: string;
}

function refusal({ status, body }: Answer<ErrorBody>): [number, string] {
  return [status, body.error.code];
}

async function workspacesOf(api: ApiClient): Promise<User['workspaces']> {
  return (await api.get<User>('/v1/me')).body.workspaces;
}

function give(api: ApiClient, { id }: Person, role: string): Promise<Answer<ErrorBody & Member>> {
  return api.patch<ErrorBody & Member>(`/v1/members/${id}`, { role });
}

function assign(api: ApiClient, assignee_id: string): Promise<Answer<ErrorBody & { assignee_id: string }>> {
  return api.post<ErrorBody & { assignee_id: string }>('/v1/tasks', { title: 'Given', assignee_id });
}

/** The actions of the audit trail that match the query. */
async function trail(api: ApiClient, query: string): Promise<string[]> {
  const { items } = (await api.get<Page<{ action: string }>>(`/v1/admin/audit?${query}&limit=500`)).body;
  return items.map(({ action }) => action);
}

describe.each(TOPOLOGIES)('members, %s', (topology) => {
  let installation: SharedInstallation;
  let server: SharedServer;
  let links: MailLinks;
  let stranger: ApiClient;
  let owner: Person;
  /** The id of the owner's workspace. */
  let workspace: string;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    ({ server } = installation);
    links = await MailLinks.open(installation);
    stranger = new ApiClient(server.url);
    owner = await signUp(server.url, links, newAddress('owner'));
    workspace = (await owner.api.get<Page<Workspace>>('/v1/workspaces')).body.items[0]?.id ?? '';
  });
  afterAll(() => links?.close());

  const join = (role: 'owner' | 'admin' | 'member' | 'viewer'): Promise<Person> =>
    memberOf(server.url, links, workspace, role);
  const invite = (email: string, more: object = {}, api = owner.api): Promise<Answer<Invite & ErrorBody>> =>
    api.post<Invite & ErrorBody>('/v1/invites', { email, ...more });
  const accept = (token: string, more: object = {}): Promise<Answer<ErrorBody>> =>
    stranger.post<ErrorBody>('/v1/invites/accept', { token, ...more });
  const shown = async (path: string, token: string): Promise<string> =>
    (await stranger.get<string>(`${path}?token=${token}`)).body;

  test('an invited stranger gets an account by the link and is a member', async () => {
    const email = newAddress('grace');
    const made = await invite(email, { role: 'admin' });
    expect([made.status, made.headers.get('location')]).toEqual([201, `/v1/invites/${made.body.id}`]);
    expect(made.body).toMatchObject({ email, role: 'admin', version: 1 });
    const mail = await links.last('invite', email);
    expect(mail).toMatchObject({ address: email, name: null, invite: { invited_by: 'Ada Lovelace', role: 'admin' } });
    const token = await links.token('invite', email);
    const incomplete = await accept(token);
    expect(incomplete.status).toBe(422);
    expect(JSON.stringify(incomplete.body.error.details)).toMatch(/name.*password/);
    expect((await accept(token, { name: 'Grace', password: PASSWORD })).status).toBe(204);
    expect(refusal(await accept(token, { name: 'Grace', password: PASSWORD }))).toEqual([422, 'link_invalid']);
    const { access_token } = await signIn(server.url, email);
    const grace = new ApiClient(server.url, access_token);
    expect(await workspacesOf(grace)).toMatchObject([{ id: workspace, role: 'admin' }]);
    const members = (await grace.get<Page<Member>>('/v1/members')).body.items;
    expect(members.map((member) => [member.email, member.role])).toContainEqual([email, 'admin']);
    expect((await owner.api.get<Page<Invite>>('/v1/invites')).body.items).toEqual([]);
  });

  test('an invited user joins, and selects the workspace by X-Workspace', async () => {
    const guest = await signUp(server.url, links, newAddress('guest'));
    await owner.api.post('/v1/lists', { title: 'Shared' });
    await invite(guest.email, { role: 'viewer' });
    const page = new URL((await links.last('invite', guest.email)).url ?? '');
    const shown = await stranger.get<string>(`${page.pathname}${page.search}`);
    expect(shown.body).toContain('Ada Lovelace invites you to join the workspace “Ada Lovelace” with the role viewer.');
    expect(shown.body).toContain(`The invite is for ${guest.email}.`);
    const form = new URLSearchParams({ token: page.searchParams.get('token') ?? '', name: '', password: '' });
    const pressed = await stranger.request<string>('POST', page.pathname, {
      rawBody: form.toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect([pressed.status, pressed.body]).toEqual([200, expect.stringContaining(`Sign in at <b>${page.origin}</b>`)]);
    expect((await workspacesOf(guest.api)).map(({ role }) => role)).toEqual(['owner', 'viewer']);
    const titles = async (headers: Record<string, string>): Promise<string[]> =>
      (await guest.api.get<Page<{ title: string }>>('/v1/lists', headers)).body.items.map(({ title }) => title);
    expect(await titles({ 'x-workspace': workspace })).toEqual(['Shared']);
    expect(await titles({})).toEqual([]);
    const refused = await guest.api.post<ErrorBody>('/v1/lists', { title: 'No' }, { 'x-workspace': workspace });
    expect(refusal(refused)).toEqual([403, 'forbidden']);
    const again = await invite(guest.email);
    expect([...refusal(again), again.body.error.details]).toEqual([409, 'already_member', { member_id: guest.id }]);
  });

  test('the page of an invite keeps the name, not the password, after a weak password', async () => {
    const email = newAddress('weak');
    await invite(email, { role: 'viewer' });
    const page = new URL((await links.last('invite', email)).url ?? '');
    const token = page.searchParams.get('token') ?? '';
    const press = (password: string): Promise<Answer<string>> =>
      stranger.request<string>('POST', page.pathname, {
        rawBody: new URLSearchParams({ token, name: 'Grace "<Hopper>"', password }).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
    const refused = await press('Password1!');
    expect(refused.status).toBe(422);
    expect(refused.body).toContain('role="alert">The password is too easy to guess');
    expect(refused.body).toContain('value="Grace &#34;&#60;Hopper&#62;&#34;"');
    expect(refused.body).toContain(`The invite is for ${email}.`);
    expect(refused.body).not.toContain('Password1!');
    expect((await press(PASSWORD)).status).toBe(200);
    const used = await stranger.get<string>(`${page.pathname}${page.search}`);
    expect(used.body).not.toContain(email);
  });

  test('a page describes an invite only to a caller with the whole token', async () => {
    const email = newAddress('hidden');
    await invite(email);
    const page = new URL((await links.last('invite', email)).url ?? '');
    const token = page.searchParams.get('token') ?? '';
    const [id = ''] = token.split('.');
    expect(await shown(page.pathname, token)).toContain(email);
    const others = [id, `${id}.`, `${id}.${'A'.repeat(43)}`, `${token}A`, 'x'];
    const pages = [...others.map((other) => shown(page.pathname, other)), shown('/reset-password', token)];
    for (const body of await Promise.all(pages)) {
      expect(body).toContain('<form method="post"');
      expect(body).not.toMatch(new RegExp(`${email}|Ada Lovelace`));
    }
  });

  test('the owner of an address takes over an unverified account by an invite', async () => {
    const email = newAddress('claimed');
    await stranger.post('/v1/auth/sign-up', { email, password: 'the password of a thief', name: 'Eve' });
    await invite(email);
    const token = await links.token('invite', email);
    expect((await accept(token)).status).toBe(422);
    expect((await accept(token, { name: 'Ada', password: PASSWORD })).status).toBe(204);
    const thief = { email, password: 'the password of a thief' };
    expect((await stranger.post('/v1/auth/sign-in', thief)).status).toBe(401);
    expect(await signIn(server.url, email)).toHaveProperty('access_token');
  });

  test('an invite can be renewed, which ends its former link, and revoked', async () => {
    const email = newAddress('again');
    const first = await invite(email, { role: 'owner' });
    const former = await links.token('invite', email);
    const second = await invite(email, { role: 'viewer' });
    expect(second.body).toMatchObject({ id: first.body.id, role: 'viewer', version: 2 });
    expect(refusal(await accept(former, { name: 'A', password: PASSWORD }))).toEqual([422, 'link_invalid']);
    const path = `/v1/invites/${first.body.id}`;
    expect((await owner.api.delete(path, { 'if-match': '"1"' })).status).toBe(412);
    const token = await links.token('invite', email);
    expect((await owner.api.delete(path, { 'if-match': '"2"' })).status).toBe(204);
    expect(refusal(await accept(token, { name: 'A', password: PASSWORD }))).toEqual([422, 'link_invalid']);
    expect(refusal(await owner.api.get<ErrorBody>(path))).toEqual([404, 'invite_not_found']);
    const key = { 'idempotency-key': 'once' };
    const other = newAddress('once');
    const made = await owner.api.post<Invite>('/v1/invites', { email: other }, key);
    const repeated = await owner.api.post<Invite>('/v1/invites', { email: other }, key);
    expect([repeated.headers.get('idempotent-replayed'), repeated.body]).toEqual(['true', made.body]);
  });

  test('members cannot grant a role above their own, or change a member with one', async () => {
    const [admin, member] = [await join('admin'), await join('member')];
    expect(refusal(await invite(newAddress(), { role: 'owner' }, admin.api))).toEqual([403, 'forbidden']);
    expect(refusal(await give(admin.api, member, 'owner'))).toEqual([403, 'forbidden']);
    expect(refusal(await give(admin.api, owner, 'viewer'))).toEqual([403, 'forbidden']);
    expect(refusal(await give(member.api, member, 'admin'))).toEqual([403, 'forbidden']);
    expect((await give(admin.api, member, 'admin')).body).toMatchObject({ role: 'admin', version: 2 });
    expect(refusal(await give(owner.api, owner, 'viewer'))).toEqual([409, 'last_owner']);
    expect(refusal(await owner.api.delete<ErrorBody>(`/v1/members/${owner.id}`))).toEqual([409, 'last_owner']);
    expect(refusal(await admin.api.delete<ErrorBody>(`/v1/members/${owner.id}`))).toEqual([403, 'forbidden']);
    // A key of an admin acts as an admin, whatever its scopes.
    const key = await admin.api.post<{ key: string }>('/v1/api-keys', { name: 'Up', scopes: ['*'] });
    const asKey = new ApiClient(server.url, key.body.key);
    expect(refusal(await give(asKey, admin, 'owner'))).toEqual([403, 'forbidden']);
    expect((await owner.api.get<Member>(`/v1/members/${owner.id}`)).body.role).toBe('owner');
  });

  test('one of two owners who remove each other concurrently stays', async () => {
    const made = await owner.api.post<Workspace>('/v1/workspaces', { name: 'Duel' });
    const [one, two] = [
      await memberOf(server.url, links, made.body.id, 'owner'),
      await memberOf(server.url, links, made.body.id, 'owner'),
    ];
    await owner.api.delete(`/v1/members/${owner.id}`, { 'x-workspace': made.body.id });
    const answers = await Promise.all([
      one.api.delete(`/v1/members/${two.id}`),
      two.api.delete(`/v1/members/${one.id}`),
    ]);
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    const { rows } = await links.database.query('SELECT role FROM auth.workspace_member WHERE workspace_id = $1', [
      made.body.id,
    ]);
    expect(rows).toEqual([{ role: 'owner' }]);
  });

  test('a former member keeps the account and can create a workspace', async () => {
    const leaver = await join('viewer');
    expect((await leaver.api.delete(`/v1/members/${leaver.id}`)).status).toBe(204);
    await until('the rights are gone', async () => (await leaver.api.get('/v1/lists')).status === 403);
    expect(await workspacesOf(leaver.api)).toEqual([]);
    expect(refusal(await leaver.api.get<ErrorBody>('/v1/lists', { 'x-workspace': workspace }))).toEqual([
      404,
      'workspace_not_found',
    ]);
    const made = await leaver.api.post<Workspace>('/v1/workspaces', { name: 'Own', timezone: 'Asia/Tokyo' });
    expect([made.status, made.headers.get('location')]).toEqual([201, `/v1/workspaces/${made.body.id}`]);
    await until('it is theirs', async () => (await leaver.api.get('/v1/lists')).status === 200);
  });

  test('tasks can be assigned to members only', async () => {
    const member = await join('member');
    expect((await assign(owner.api, member.id)).body.assignee_id).toBe(member.id);
    const { id: guest } = await signUp(server.url, links);
    const refused = await assign(owner.api, guest);
    expect([refused.status, refused.body.error.details]).toEqual([
      422,
      [{ field: 'assignee_id', code: 'not_found', issue: 'must be a member of the workspace' }],
    ]);
  });

  test('the only owner of a workspace with other members cannot delete the account', async () => {
    const answer = await owner.api.request<ErrorBody>('DELETE', '/v1/me', { body: { password: PASSWORD } });
    expect(refusal(answer)).toEqual([409, 'last_owner']);
    expect((await owner.api.get('/v1/me')).status).toBe(200);
  });

  test('roles and invites are in the audit trail', async () => {
    await until('all of it is there', async () => {
      const actions = new Set([
        ...(await trail(server.api, `workspace_id=${workspace}`)),
        ...(await trail(server.api, `actor_id=${owner.id}`)),
      ]);
      return ['invite.created', 'invite.renewed', 'invite.revoked', 'invite.accepted', 'member.added']
        .concat(['member.updated', 'member.removed', 'workspace.created'])
        .every((action) => actions.has(action));
    });
    expect(await trail(server.api, `workspace_id=${workspace}`)).toContain('member.updated');
  });
});

describe('a lost role', () => {
  let installation: SharedInstallation;
  let links: MailLinks;
  let nodes: ServerProcess[] = [];

  beforeAll(async () => {
    installation = await sharedInstallation();
    nodes = await Promise.all([installation.startNode(), installation.startNode({ MODULES: 'tasks' })]);
    links = await MailLinks.open(installation);
  });
  afterAll(async () => {
    await links?.close();
    await Promise.all(nodes.map((node) => node.stop()));
  });

  test('ends on all instances, also on those without auth, like an ended session', async () => {
    const { server: first, workspaceId } = installation;
    const servers = [first, ...nodes];
    const person = await memberOf(first.url, links, workspaceId, 'member');
    const everywhere = async (path: string, body: object): Promise<number[]> =>
      Promise.all(
        servers.map(async ({ url }) => (await new ApiClient(url, person.tokens.access_token).post(path, body)).status),
      );
    const list = { title: 'Mine' };
    expect(await everywhere('/v1/lists', list)).toEqual([201, 201, 201]);
    expect(await everywhere('/v1/lists', list)).toEqual([201, 201, 201]);
    await first.api.patch(`/v1/members/${person.id}`, { role: 'viewer' });
    const demoted = performance.now();
    await until('it may not write', async () =>
      (await everywhere('/v1/lists', list)).every((status) => status === 403),
    );
    process.stdout.write(`a role was lost everywhere after ${Math.round(performance.now() - demoted)} ms\n`);
    await person.api.post('/v1/auth/sign-out', {});
    const left = performance.now();
    await until('it is out', async () => (await everywhere('/v1/lists', list)).every((status) => status === 401));
    process.stdout.write(`a session was ended everywhere after ${Math.round(performance.now() - left)} ms\n`);
  });
});
