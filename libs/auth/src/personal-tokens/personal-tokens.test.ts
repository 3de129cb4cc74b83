// Personal access tokens: what they open, what they never do, and when they end.
import { declareScopes, type CallContext, type Principal } from '@mono/contract';
import {
  DEFAULT_TOKEN_DAYS,
  MAX_PERSONAL_TOKENS,
  PERSONAL_TOKEN_FORM,
  PersonalTokenVerifier,
  RememberedPersonalTokens,
  type NewPersonalToken,
  type Role,
} from '../../contract/index.js';
import { PASSWORD, STRANGER, UsersWorld, type Person } from '../../testing/users-world.js';
import { currentRole } from '../members/current-role.js';

const LIST = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e';
const DAY_MS = 24 * 60 * 60 * 1_000;

describe('personal access tokens', () => {
  declareScopes({ 'tasks:read': 'viewer', 'tasks:write': 'member' });
  let world: UsersWorld;
  let ada: Person;

  beforeAll(async () => {
    world = await UsersWorld.create();
  });
  beforeEach(async () => {
    ada = await world.person();
  });
  afterAll(() => world?.end());

  const create = (input: object = {}, person = ada): Promise<NewPersonalToken> =>
    world.client.createPersonalToken({ name: 'Laptop', scopes: ['*'], ...input }, person.context);
  /** Without a memory. */
  const verify = (token: string, workspace?: string): Promise<Principal> =>
    new PersonalTokenVerifier(world.bus, new RememberedPersonalTokens()).verify(token, workspace);
  const contextOf = async ({ token }: NewPersonalToken, workspace?: string): Promise<CallContext> => ({
    principal: await verify(token, workspace),
    requestId: 'test',
    source: '192.0.2.1',
  });
  const home = (person = ada): string => person.context.principal.workspaceId;

  /** A member of Ada's workspace, whose first workspace is their own. */
  async function colleague(role: Role): Promise<Person> {
    const person = await world.person();
    await world.world.database.query(
      `INSERT INTO auth.workspace_member (id, workspace_id, user_id, role) VALUES (gen_random_uuid(), $1, $2, $3)`,
      [home(), person.id, role],
    );
    return person;
  }

  test('a token is its user, with the rights of the role', async () => {
    const made = await create();
    expect(made.token).toMatch(PERSONAL_TOKEN_FORM);
    expect(Math.round((Date.parse(made.expires_at) - Date.now()) / DAY_MS)).toBe(DEFAULT_TOKEN_DAYS);
    expect(await verify(made.token)).toEqual({
      kind: 'user',
      id: ada.id,
      tokenId: made.id,
      narrowed: false,
      timezone: 'UTC',
      workspaceId: home(),
      role: 'owner',
      scopes: ['*'],
    });
    const read = await world.client.getPersonalToken({ id: made.id }, ada.context);
    expect(read).toMatchObject({ id: made.id, name: 'Laptop', state: 'active', version: 1 });
    expect(JSON.stringify(read)).not.toContain(made.token.slice(-43));
    const rows = await world.world.database.query(
      'SELECT t::text, o.payload FROM auth.personal_token t, auth.outbox o',
    );
    expect(JSON.stringify(rows)).not.toContain(made.token.slice(-43));
  });

  test.each([
    ['viewer', ['*'], 'viewer', ['tasks:read'], ['tasks:write', 'admin', '*']],
    ['owner', ['tasks:read'], 'member', ['tasks:read'], ['tasks:write', 'admin', '*']],
    ['owner', ['admin'], 'admin', ['admin'], ['tasks:read', '*']],
    ['admin', ['*'], 'admin', ['*'], []],
  ] as const)('of a %s with the scopes %j it acts as %s', async (role, scopes, acts, has, hasNot) => {
    const person = await colleague(role);
    const { token } = await create({ scopes: [...scopes] }, person);
    const principal = await verify(token, home());
    expect(principal.role).toBe(acts);
    expect(principal.scopes).toEqual(expect.arrayContaining([...has]));
    for (const scope of hasNot) expect(principal.scopes).not.toContain(scope);
  });

  test('a role that is lost is lost to the token as well', async () => {
    const person = await colleague('admin');
    const made = await create({ scopes: ['admin', 'tasks:read'] }, person);
    await world.client.updateMember({ id: person.id, patch: { role: 'viewer' } }, ada.context);
    expect(await verify(made.token, home())).toMatchObject({ role: 'viewer', scopes: ['tasks:read'] });
  });

  test('gives no more than its user has', async () => {
    const person = await colleague('viewer');
    const asked = { scopes: ['tasks:write'], workspace_id: home() };
    await expect(create(asked, person)).rejects.toMatchObject({ code: 'forbidden', message: /tasks:write/ });
    await expect(create({ workspace_id: home() }, await world.person())).rejects.toMatchObject({
      code: 'workspace_not_found',
    });
  });

  test.each([
    [{ list_ids: [LIST] }, 'list_ids'],
    [{ expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
    [{ expires_at: new Date(Date.now() + 367 * DAY_MS).toISOString() }, 'expires_at'],
  ])('refuses %j', async (input, field) => {
    const refusal = { code: 'validation_error', details: [expect.objectContaining({ field })] };
    await expect(create(input)).rejects.toMatchObject(refusal);
  });

  test('is limited to a workspace and to lists', async () => {
    const person = await colleague('admin');
    const made = await create({ workspace_id: home(), list_ids: [LIST] }, person);
    const principal = { workspaceId: home(), listIds: [LIST], narrowed: true, role: 'member' };
    expect(await verify(made.token)).toMatchObject(principal);
    await expect(verify(made.token, home(person))).rejects.toMatchObject({ code: 'workspace_not_found' });
    const context = await contextOf(made);
    const me = await world.client.getMe(undefined, context);
    expect(me.workspaces.map(({ id }) => id)).toEqual([home()]);
    const { items } = await world.client.findWorkspaces({}, context);
    expect(items.map(({ id }) => id)).toEqual([home()]);
    await expect(world.client.getWorkspace({ id: home(person) }, context)).rejects.toMatchObject({
      code: 'workspace_not_found',
    });
    const patch = { name: 'Other' };
    await expect(world.client.updateMe({ patch }, context)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('where the workspace keeps time private, members and narrowed tokens read their own only', async () => {
    const people = await Promise.all((['admin', 'member', 'viewer'] as const).map(colleague));
    const [admin, member] = people as [Person, Person, Person];
    const tokens = [
      ...(await Promise.all(people.map((person) => create({ workspace_id: home() }, person)))),
      await create({ workspace_id: home(), scopes: ['tasks:read'] }, admin),
      await create({ workspace_id: home(), list_ids: [LIST] }, admin),
      await create({ workspace_id: home(), scopes: ['tasks:read', 'admin'] }, admin),
    ];
    const limits = async () =>
      Promise.all(tokens.map(async ({ token }) => (await verify(token, home())).ownOnly?.join()));
    const update = (time_entries_visible_to: 'everyone' | 'admins') =>
      world.client.updateWorkspace({ id: home(), patch: { time_entries_visible_to } }, ada.context);
    expect(await limits()).toEqual(tokens.map(() => undefined));
    const { version } = await update('admins');
    expect(await update('admins')).toMatchObject({ time_entries_visible_to: 'admins', version });
    const own = 'time:read';
    expect(await limits()).toEqual([undefined, own, own, own, own, undefined]);
    // Their other workspaces have settings of their own.
    const elsewhere = await create({}, member);
    expect((await verify(elsewhere.token, home(member))).ownOnly).toBeUndefined();
    expect((await verify(elsewhere.token, home())).ownOnly).toEqual([own]);
    expect(await update('everyone')).toMatchObject({ version: version + 1 });
    expect(await limits()).toEqual(tokens.map(() => undefined));
  });

  test('whoami describes session and token', async () => {
    const made = await create({ scopes: ['tasks:read'], workspace_id: home() });
    expect(await world.client.whoami(undefined, await contextOf(made))).toEqual({
      kind: 'personal_token',
      id: made.id,
      name: 'Laptop',
      user: { id: ada.id, name: 'Ada' },
      workspace: { id: home(), name: 'Ada' },
      workspaces: [{ id: home(), name: 'Ada' }],
      role: 'member',
      scopes: ['tasks:read'],
      list_ids: null,
      expires_at: made.expires_at,
    });
    expect(await world.client.whoami(undefined, ada.context)).toMatchObject({
      kind: 'session',
      id: ada.context.principal.sessionId,
      role: 'owner',
      scopes: ['*'],
    });
  });

  test('manages neither tokens nor sessions nor the password', async () => {
    const context = await contextOf(await create());
    const { client } = world;
    for (const attempt of [
      client.createPersonalToken({ name: 'Next', scopes: ['*'] }, context),
      client.findPersonalTokens({}, context),
      client.findSessions(undefined, context),
      client.changePassword({ current_password: PASSWORD, new_password: 'staple battery horse correct' }, context),
      client.deleteMe({ password: PASSWORD }, context),
      client.createWorkspace({ name: 'Next' }, context),
    ]) {
      await expect(attempt).rejects.toMatchObject({ code: 'forbidden' });
    }
  });

  test('a narrowed token of an owner acts on members as its scopes allow, by the current role', async () => {
    const { database } = world.world;
    const { token } = await create({ scopes: ['tasks:read'] });
    const context: CallContext = { principal: await verify(token), requestId: 'test' };
    expect(await currentRole(database, context)).toBe('member');
    const member = await colleague('member');
    await expect(world.client.removeMember({ id: member.id }, context)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('is revoked once, by its version', async () => {
    const made = await create();
    const { id } = made;
    const stale = { ...ada.context, expectedVersion: 2 };
    await expect(world.client.revokePersonalToken({ id }, stale)).rejects.toMatchObject({ code: 'version_conflict' });
    expect(await verify(made.token)).toMatchObject({ id: ada.id });
    await world.client.revokePersonalToken({ id }, ada.context);
    await expect(verify(made.token)).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(world.client.revokePersonalToken({ id }, ada.context)).rejects.toMatchObject({
      code: 'personal_token_not_found',
    });
    const other = await create({}, await world.person());
    await expect(world.client.getPersonalToken({ id: other.id }, ada.context)).rejects.toMatchObject({
      code: 'personal_token_not_found',
    });
  });

  test('ends with a change and with a reset of the password', async () => {
    const changed = await create();
    const next = 'staple battery horse correct';
    await world.client.changePassword({ current_password: PASSWORD, new_password: next }, ada.context);
    await expect(verify(changed.token)).rejects.toMatchObject({ code: 'unauthorized' });
    const reset = await create();
    await world.client.forgotPassword({ email: ada.email }, STRANGER);
    const token = await world.token('reset', ada.email);
    await world.client.resetPassword({ token, new_password: PASSWORD }, STRANGER);
    await expect(verify(reset.token)).rejects.toMatchObject({ code: 'unauthorized' });
    // The session has ended as well.
    await expect(create()).rejects.toMatchObject({ code: 'unauthorized' });
  });

  test('a token of one workspace ends with the membership, for good; others go on', async () => {
    const person = await colleague('member');
    const bound = await create({ workspace_id: home() }, person);
    const free = await create({}, person);
    await world.client.removeMember({ id: person.id }, ada.context);
    await expect(verify(bound.token)).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(verify(free.token, home())).rejects.toMatchObject({ code: 'workspace_not_found' });
    expect(await verify(free.token)).toMatchObject({ workspaceId: home(person) });
    await world.world.database.query(
      `INSERT INTO auth.workspace_member (id, workspace_id, user_id, role) VALUES (gen_random_uuid(), $1, $2, 'member')`,
      [home(), person.id],
    );
    await expect(verify(bound.token)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  test('of tokens and a change of the password at once, none survives the change', async () => {
    const change = { current_password: PASSWORD, new_password: 'staple battery horse correct' };
    const outcomes = await Promise.allSettled([
      create(),
      world.client.changePassword(change, ada.context),
      create(),
      create(),
    ]);
    const made = outcomes.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : []));
    const { items } = await world.client.findPersonalTokens({}, ada.context);
    const alive = new Set(items.map(({ id }) => id));
    // The caller's own session goes on, so that a token may be created after the change.
    for (const { id, token } of made) {
      const verdict = await verify(token).then(
        () => true,
        () => false,
      );
      expect(verdict).toBe(alive.has(id));
    }
  });

  test('a user has a limited number of tokens, however many are asked for at once', async () => {
    await world.world.database.query(
      `INSERT INTO auth.personal_token (id, user_id, name, scopes, short_id, environment, secret_hash, expires_at)
       SELECT gen_random_uuid(), $1, 'Filler', '{*}', 'filler ' || n, 'test', '\\x00', now() + interval '1 day'
       FROM generate_series(1, $2) n`,
      [ada.id, MAX_PERSONAL_TOKENS - 1],
    );
    const outcomes = await Promise.allSettled([create(), create(), create()]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'too_many_personal_tokens' },
    });
  });

  test('an Idempotency-Key never shows the secret twice', async () => {
    const context = { ...ada.context, idempotencyKey: 'once' };
    await world.client.createPersonalToken({ name: 'Laptop', scopes: ['*'] }, context);
    await expect(world.client.createPersonalToken({ name: 'Laptop', scopes: ['*'] }, context)).rejects.toMatchObject({
      code: 'secret_already_shown',
    });
    expect((await world.client.findPersonalTokens({}, ada.context)).items).toHaveLength(1);
  });

  test('wrong secrets and other environments are refused in the same words', async () => {
    const { token } = await create();
    const forged = `${token.slice(0, -43)}${'A'.repeat(43)}`;
    const words = { code: 'unauthorized', message: /is invalid, revoked or expired/ };
    await expect(verify(forged)).rejects.toMatchObject(words);
    await expect(verify(token.replace('_test_', '_prod_'))).rejects.toMatchObject(words);
    await expect(verify('mono_pat_test_nothing')).rejects.toMatchObject(words);
  });

  test('pages hold all tokens of the user, by state', async () => {
    const ids = [await create(), await create(), await create()].map(({ id }) => id);
    await world.world.database.query(
      `UPDATE auth.personal_token SET expires_at = now() - interval '1 second' WHERE id = $1`,
      [ids[0]],
    );
    const first = await world.client.findPersonalTokens({ limit: 2 }, ada.context);
    const cursor = first.page.next_cursor ?? '';
    const second = await world.client.findPersonalTokens({ limit: 2, cursor }, ada.context);
    expect([...first.items, ...second.items].map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    const expired = await world.client.findPersonalTokens({ state: 'expired' }, ada.context);
    expect(expired.items).toMatchObject([{ id: ids[0], state: 'expired' }]);
  });
});
