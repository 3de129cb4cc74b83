// Operators: disable, enable and delete users, delete workspaces, and get links where there is no mail.
import type { CallContext } from '@mono/contract';
import { PersonalTokenVerifier, RememberedPersonalTokens, type NewPersonalToken } from '../../contract/index.js';
import { PASSWORD, STRANGER, UsersWorld, type Person } from '../../testing/users-world.js';

const NOBODY = '0198b6c2-5f5e-7c3a-9d0e-000000000000';
const OPERATOR: CallContext = {
  principal: { kind: 'api_key', id: NOBODY, workspaceId: NOBODY, scopes: ['operator'] },
  requestId: 'test',
  source: '192.0.2.9',
};

function tokenOf(url: string): string {
  return new URL(url).searchParams.get('token') ?? '';
}

describe('operators', () => {
  let world: UsersWorld;
  let ada: Person;

  beforeAll(async () => {
    world = await UsersWorld.create();
  });
  beforeEach(async () => {
    ada = await world.person();
  });
  afterAll(() => world?.end());

  const home = (person = ada): string => person.context.principal.workspaceId;
  const disable = (id = ada.id) => world.client.disableUser({ id }, OPERATOR);
  const enable = (id = ada.id) => world.client.enableUser({ id }, OPERATOR);
  const createToken = (person = ada): Promise<NewPersonalToken> =>
    world.client.createPersonalToken({ name: 'Laptop', scopes: ['*'] }, person.context);
  const verifyToken = (token: string) =>
    new PersonalTokenVerifier(world.bus, new RememberedPersonalTokens()).verify(token, undefined);

  interface Written {
    event: string;
    actor: object;
    source: string;
    version: number;
  }

  /** The events about an aggregate, oldest first. */
  async function eventsOf(id: string): Promise<Written[]> {
    const rows = await world.world.database.query<{ payload: Written; version: number }>(
      'SELECT payload, version FROM auth.outbox WHERE aggregate_id = $1 ORDER BY seq',
      [id],
    );
    return rows.map(({ payload, version }) => Object.assign(payload, { version }));
  }

  async function join(person: Person, role: string, workspaceId = home()): Promise<void> {
    await world.world.database.query(
      `INSERT INTO auth.workspace_member (id, workspace_id, user_id, role) VALUES (gen_random_uuid(), $1, $2, $3)`,
      [workspaceId, person.id, role],
    );
  }

  describe('a disabled user', () => {
    test('loses sessions, personal access tokens and links at once, and cannot sign in', async () => {
      const { access_token, refresh_token } = await world.client.signIn(
        { email: ada.email, password: PASSWORD },
        STRANGER,
      );
      const { token } = await createToken();
      await world.client.forgotPassword({ email: ada.email }, STRANGER);
      const link = await world.token('reset', ada.email);

      const disabled = await disable();
      expect(disabled).toMatchObject({ id: ada.id, email: ada.email, has_password: true });
      expect(typeof disabled.disabled_at).toBe('string');
      expect(disabled).not.toHaveProperty('password_hash');

      const unauthorized = { code: 'unauthorized' };
      await expect(world.client.verifyToken({ token: access_token })).rejects.toMatchObject(unauthorized);
      await expect(world.client.refresh({ refresh_token }, STRANGER)).rejects.toMatchObject(unauthorized);
      await expect(verifyToken(token)).rejects.toMatchObject(unauthorized);
      await expect(
        world.client.resetPassword({ token: link, new_password: 'another battery staple' }, STRANGER),
      ).rejects.toMatchObject({ code: 'link_invalid' });
      await expect(world.client.signIn({ email: ada.email, password: PASSWORD }, STRANGER)).rejects.toMatchObject({
        code: 'account_disabled',
      });
      // Strangers do not see the difference.
      await expect(world.client.signIn({ email: ada.email, password: 'wrong' }, STRANGER)).rejects.toMatchObject({
        code: 'invalid_credentials',
      });
    });

    test('gets no links, and a sign-up with the address changes nothing', async () => {
      await disable();
      const before = await world.tokens('reset', ada.email);
      await world.client.forgotPassword({ email: ada.email }, STRANGER);
      await world.client.signUp({ email: ada.email, password: PASSWORD, name: 'Eve' }, STRANGER);
      await world.client.resendVerification({ email: ada.email }, STRANGER);
      expect(await world.tokens('reset', ada.email)).toEqual(before);
      await expect(world.client.createPasswordLink({ id: ada.id }, OPERATOR)).rejects.toMatchObject({
        code: 'user_disabled',
      });
    });

    test('can sign in again when enabled; what has ended stays ended', async () => {
      const { access_token } = await world.client.signIn({ email: ada.email, password: PASSWORD }, STRANGER);
      const { token } = await createToken();
      await world.client.forgotPassword({ email: ada.email }, STRANGER);
      const link = await world.token('reset', ada.email);
      await disable();
      expect(await enable()).toMatchObject({ disabled_at: null });
      await expect(world.client.verifyToken({ token: access_token })).rejects.toMatchObject({ code: 'unauthorized' });
      await expect(verifyToken(token)).rejects.toMatchObject({ code: 'unauthorized' });
      await expect(
        world.client.resetPassword({ token: link, new_password: 'another battery staple' }, STRANGER),
      ).rejects.toMatchObject({ code: 'link_invalid' });
      expect((await world.signIn(ada.email, PASSWORD)).id).toBe(ada.id);
    });

    test('is disabled once by two operators at the same time', async () => {
      const states = await Promise.all([disable(), disable(), disable()]);
      expect(new Set(states.map(({ version }) => version)).size).toBe(1);
      const events = (await eventsOf(ada.id)).filter(({ event }) => event === 'user_disabled');
      expect(events).toEqual([
        expect.objectContaining({ actor: { kind: 'api_key', id: NOBODY }, source: '192.0.2.9' }),
      ]);
    });

    test('does not get in by a sign-in that was under way', async () => {
      world.passwords.between = () => disable();
      await expect(world.client.signIn({ email: ada.email, password: PASSWORD }, STRANGER)).rejects.toMatchObject({
        code: 'account_disabled',
      });
    });

    test('gets no token by a request that was under way', async () => {
      await disable();
      await expect(createToken()).rejects.toMatchObject({ code: 'unauthorized' });
    });

    test('does not accept invites, and stays a member', async () => {
      const grace = await world.person();
      await join(grace, 'member');
      await world.client.createInvite({ email: ada.email }, grace.context).catch(() => undefined);
      const other = await world.person();
      await world.client.createInvite({ email: grace.email }, other.context);
      const token = await world.token('invite', grace.email);
      await disable(grace.id);
      await expect(world.client.acceptInvite({ token }, STRANGER)).rejects.toMatchObject({ code: 'account_disabled' });
      const { user_ids, disabled } = await world.client.membersAmong({ workspace_id: home(), user_ids: [grace.id] });
      expect([user_ids, disabled]).toEqual([[grace.id], [grace.id]]);
      expect(await world.client.contact({ user_id: grace.id })).toMatchObject({ disabled: true });
    });
  });

  test('find a user by address and state', async () => {
    const find = async (query: object) => (await world.client.findUsers(query, OPERATOR)).items.map(({ id }) => id);
    expect(await find({ email: ada.email.toUpperCase() })).toEqual([ada.id]);
    expect(await find({ email: ada.email, state: 'disabled' })).toEqual([]);
    await disable();
    expect(await find({ email: ada.email, state: 'disabled' })).toEqual([ada.id]);
    const page = await world.client.findUsers({ limit: 1, count: 'exact' }, OPERATOR);
    expect(page.items).toHaveLength(1);
    expect(page.page.total).toBeGreaterThan(1);
    const next = await world.client.findUsers({ limit: 1, cursor: page.page.next_cursor ?? '' }, OPERATOR);
    expect(next.items[0]?.id).not.toBe(page.items[0]?.id);
  });

  describe('deleting a user', () => {
    test('ends memberships and tokens, and frees the address', async () => {
      const grace = await world.person();
      await join(grace, 'member');
      const { token } = await createToken(grace);
      await world.client.deleteUser({ id: grace.id }, OPERATOR);
      await expect(world.client.getUser({ id: grace.id }, OPERATOR)).rejects.toMatchObject({ code: 'user_not_found' });
      await expect(verifyToken(token)).rejects.toMatchObject({ code: 'unauthorized' });
      const { user_ids } = await world.client.membersAmong({ workspace_id: home(), user_ids: [grace.id] });
      expect(user_ids).toEqual([]);
      const [deleted] = (await eventsOf(grace.id)).slice(-1);
      expect(deleted).toMatchObject({
        event: 'account_deleted',
        actor: { kind: 'api_key', id: NOBODY },
        workspace_ids: [home(grace)],
      });
    });

    test('leaves a workspace without an owner to its keys', async () => {
      await world.world.database.query(`UPDATE auth.workspace_member SET role = 'viewer' WHERE user_id = $1`, [ada.id]);
      await world.client.deleteUser({ id: ada.id }, OPERATOR);
      const left = (table: string, column: string) =>
        world.world.database.query(`SELECT 1 FROM auth.${table} WHERE ${column} = $1`, [home()]);
      expect(await left('workspace', 'id')).toHaveLength(1);
      expect(await left('workspace_member', 'workspace_id')).toEqual([]);
      expect((await eventsOf(ada.id)).at(-1)).toMatchObject({ event: 'account_deleted', workspace_ids: [] });
    });

    test('is refused for the only owner of a workspace with other members', async () => {
      const grace = await world.person();
      await join(grace, 'member');
      await expect(world.client.deleteUser({ id: ada.id }, OPERATOR)).rejects.toMatchObject({
        code: 'last_owner',
        details: { workspace_id: home() },
      });
      expect((await world.client.getUser({ id: ada.id }, OPERATOR)).id).toBe(ada.id);
    });

    test('is refused for another version, and for a user who is gone', async () => {
      await expect(world.client.deleteUser({ id: ada.id }, { ...OPERATOR, expectedVersion: 99 })).rejects.toMatchObject(
        { code: 'version_conflict' },
      );
      const outcomes = await Promise.allSettled([1, 2].map(() => world.client.deleteUser({ id: ada.id }, OPERATOR)));
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: { code: 'user_not_found' },
      });
    });
  });

  describe('links', () => {
    test('a password link sets the password once, and is in no event', async () => {
      const { url, address, expires_at } = await world.client.createPasswordLink({ id: ada.id }, OPERATOR);
      expect(url).toMatch(/^https:\/\/mono\.example\.com\/reset-password\?token=/);
      expect(address).toBe(ada.email);
      expect(Date.parse(expires_at)).toBeGreaterThan(Date.now());
      const token = tokenOf(url);
      const reset = () => world.client.resetPassword({ token, new_password: 'a quite different staple' }, STRANGER);
      await reset();
      await expect(reset()).rejects.toMatchObject({ code: 'link_invalid' });
      await world.signIn(ada.email, 'a quite different staple');
      const events = await eventsOf(ada.id);
      const created = events.find(({ event }) => event === 'password_link_created');
      expect(created).toMatchObject({ actor: { kind: 'api_key', id: NOBODY } });
      // By the id of a token, the mail would be sent.
      expect(created).not.toHaveProperty('token_id');
      expect(JSON.stringify(events)).not.toContain(token.split('.')[1]);
    });

    test('the link of an invite is that of the mail', async () => {
      const email = world.newAddress();
      const invite = await world.client.createInvite({ email }, ada.context);
      const link = await world.client.getInviteLink({ id: invite.id }, OPERATOR);
      expect(tokenOf(link.url)).toBe(await world.token('invite', email));
      expect(link).toMatchObject({ address: email, expires_at: invite.expires_at });
      expect((await eventsOf(invite.id)).at(-1)).toMatchObject({ event: 'invite_link_shown', version: invite.version });
      await world.client.acceptInvite({ token: tokenOf(link.url), name: 'Grace', password: PASSWORD }, STRANGER);
      await expect(world.client.getInviteLink({ id: invite.id }, OPERATOR)).rejects.toMatchObject({
        code: 'invite_not_found',
      });
    });
  });

  describe('deleting a workspace', () => {
    test('ends its members, keys and invites, and names it in one event', async () => {
      const grace = await world.person();
      await join(grace, 'member');
      const email = world.newAddress();
      const { id: inviteId } = await world.client.createInvite({ email }, ada.context);
      await world.client.deleteWorkspace({ id: home() }, OPERATOR);
      const { user_ids } = await world.client.membersAmong({ workspace_id: home(), user_ids: [ada.id, grace.id] });
      expect(user_ids).toEqual([]);
      await expect(world.client.getInviteLink({ id: inviteId }, OPERATOR)).rejects.toMatchObject({
        code: 'invite_not_found',
      });
      // The users stay.
      expect((await world.client.getUser({ id: ada.id }, OPERATOR)).id).toBe(ada.id);
      expect(await eventsOf(home())).toEqual([
        expect.objectContaining({ event: 'workspace_created' }),
        expect.objectContaining({ event: 'workspace_deleted', version: 2, actor: { kind: 'api_key', id: NOBODY } }),
      ]);
      await expect(world.client.deleteWorkspace({ id: home() }, OPERATOR)).rejects.toMatchObject({
        code: 'workspace_not_found',
      });
    });

    test('is refused for the default workspace and for another version', async () => {
      const [made] = await world.world.database.query<{ id: string }>(
        `INSERT INTO auth.workspace (id, name, is_default) VALUES (gen_random_uuid(), 'Default', true) RETURNING id`,
      );
      await expect(world.client.deleteWorkspace({ id: made?.id ?? '' }, OPERATOR)).rejects.toMatchObject({
        code: 'default_workspace',
      });
      await expect(
        world.client.deleteWorkspace({ id: home() }, { ...OPERATOR, expectedVersion: 7 }),
      ).rejects.toMatchObject({ code: 'version_conflict' });
    });
  });
});
