// Nobody gets further by invites and roles than they are, and what is asked twice happens once.
import { setTimeout as delay } from 'node:timers/promises';
import { OutboxSignal } from '@mono/bus/outbox';
import type { CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { InviteEvent, MemberEvent, Role, Scope } from '../../contract/index.js';
import { ApiKeys } from '../api-keys/api-keys.js';
import { insertMember } from '../persistence/members.js';
import { Workspaces } from '../workspaces/workspaces.js';
import { PASSWORD, STRANGER, UsersWorld, type Person } from '../../testing/users-world.js';
import { until } from '../../../../test/support/until.ts';
import { Members } from './members.js';

const signal = new OutboxSignal();
let world: UsersWorld;
let owner: Person;

beforeAll(async () => {
  world = await UsersWorld.create();
  owner = await world.person();
});
afterAll(() => world?.end());

const members = (): Members => new Members(world.world.database, signal);
const workspaces = (): Workspaces => new Workspaces(world.world.database, signal);

function invite(context: CallContext, email: string, role: Role) {
  return world.users.invites.create(context, { email, role });
}

/** In the owner's workspace only. */
async function join(role: Role): Promise<Person> {
  const { database } = world.world;
  const { email, id, context } = await world.person();
  await database.query('DELETE FROM auth.workspace_member WHERE user_id = $1', [id]);
  await insertMember(database, context, { workspaceId: owner.context.principal.workspaceId, userId: id }, role);
  return world.signIn(email, PASSWORD);
}

/** The call of a key of the owner's workspace. */
async function keyOf(scopes: Scope[], list_ids: string[] | null = null): Promise<CallContext> {
  const keys = new ApiKeys(world.world.database, signal, 'test');
  const { body } = await keys.create(owner.context, { name: 'Key', scopes, list_ids });
  const { workspaceId } = owner.context.principal;
  const listIds = list_ids === null ? {} : { listIds: list_ids };
  return { requestId: 'test', principal: { kind: 'api_key', id: body.id, workspaceId, scopes, ...listIds } };
}

async function eventsOf(id: string): Promise<(InviteEvent | MemberEvent)[]> {
  const rows = await world.world.database.query<{ version: number; payload: InviteEvent | MemberEvent }>(
    'SELECT version, payload FROM auth.outbox WHERE aggregate_id = $1 ORDER BY seq',
    [id],
  );
  return rows.map(({ version, payload }) => Object.assign(payload, { version }));
}

test.each([
  ['is limited to a list', ['*'], [uuidv7()], 'list_ids'],
  ['is limited to the scope admin', ['admin'], null, 'scopes'],
] as const)('a key that %s gives nobody a role that reaches further', async (_what, scopes, lists, field) => {
  const key = await keyOf([...scopes], lists && [...lists]);
  const refusal = { code: 'forbidden', details: [expect.objectContaining({ field })] };
  await expect(invite(key, world.newAddress(), 'admin')).rejects.toMatchObject(refusal);
  const viewer = await join('viewer');
  await expect(members().update(key, viewer.id, { role: 'admin' })).rejects.toMatchObject(refusal);
  expect((await members().get(owner.context, viewer.id)).role).toBe('viewer');
});

test('a key that reaches as far gives it', async () => {
  const { body } = await invite(await keyOf(['*']), world.newAddress(), 'admin');
  expect(body.role).toBe('admin');
});

test('an admin does not replace the invite of an owner', async () => {
  const email = world.newAddress();
  const { body } = await invite(owner.context, email, 'owner');
  const admin = await join('admin');
  await expect(invite(admin.context, email, 'viewer')).rejects.toMatchObject({ code: 'forbidden' });
  expect(await world.users.invites.get(owner.context, body.id)).toMatchObject({ role: 'owner', version: 1 });
  await world.world.database.query('UPDATE auth.invite SET expires_at = now() WHERE id = $1', [body.id]);
  expect((await invite(admin.context, email, 'viewer')).body).toMatchObject({ id: body.id, version: 2 });
});

test('of many who invite one address at once there is one invite, and each event tells what it changed', async () => {
  const email = world.newAddress();
  const roles: Role[] = ['owner', 'admin', 'member', 'viewer', 'owner', 'admin', 'member', 'viewer'];
  const answers = await Promise.all(roles.map((role) => invite(owner.context, email, role)));
  const [{ body: first } = { body: { id: '' } }] = answers;
  const events = await eventsOf(first.id);
  expect(events.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(events[0]).toMatchObject({ event: 'invite_created', changes: { role: { from: null } } });
  expect(JSON.stringify(events)).not.toContain(email);
  let role: unknown = null;
  for (const { changes } of events) {
    if (!changes['role']) continue;
    expect(changes['role'].from).toBe(role);
    role = changes['role'].to;
  }
  expect((await world.users.invites.get(owner.context, first.id)).role).toBe(role);
  expect((await world.tokens('invite', email)).filter((token) => token !== null)).toHaveLength(1);
});

/** Somebody accepts while another change is under way that holds the invite. */
async function acceptDuring(change: (id: string, email: string) => Promise<unknown>): Promise<unknown[]> {
  const email = world.newAddress();
  const { body } = await invite(owner.context, email, 'member');
  const token = await world.token('invite', email);
  const accepting = () => world.users.invites.accept(STRANGER, { token, name: 'Grace', password: PASSWORD });
  const settled = await Promise.allSettled([accepting(), accepting(), accepting(), change(body.id, email)]);
  return settled.map((one) => (one.status === 'rejected' ? (one.reason as { code: unknown }).code : 'done'));
}

test.each([
  ['taken back', (id: string) => world.users.invites.revoke(owner.context, id)],
  ['renewed', (_id: string, email: string) => invite(owner.context, email, 'member')],
])('an invite that is accepted while it is %s comes to one of both, never to a deadlock', async (_what, change) => {
  for (let turn = 0; turn < 20; turn += 1) {
    // Somewhere within the time that a hash takes and the moments after it.
    const late = async (id: string, email: string) => {
      await delay(20 + turn * 2);
      return change(id, email);
    };
    for (const outcome of await acceptDuring(late)) {
      expect(['done', 'link_invalid', 'invite_not_found', 'already_member']).toContain(outcome);
    }
  }
  const open = await world.users.invites.find(owner.context, { limit: 500 });
  const inside = await members().find(owner.context, { limit: 500 });
  const addresses = new Set(inside.items.map(({ email }) => email));
  expect(open.items.filter(({ email }) => addresses.has(email))).toEqual([]);
});

test('who is nowhere makes one workspace, however often the call is repeated', async () => {
  const { database } = world.world;
  const { id, email } = await world.person();
  await database.query('DELETE FROM auth.workspace_member WHERE user_id = $1', [id]);
  const nowhere = await world.signIn(email, PASSWORD);
  const input = { name: 'Once' };
  const first = await workspaces().found({ ...nowhere.context, idempotencyKey: 'once' }, input);
  const there = await world.signIn(email, PASSWORD);
  expect(there.context.principal.workspaceId).toBe(first.body.id);
  const second = await workspaces().found({ ...there.context, idempotencyKey: 'once' }, input);
  expect(second).toEqual({ body: first.body, replayed: true });
});

async function openInvites(): Promise<string[]> {
  return (await world.users.invites.find(owner.context, { limit: 500 })).items.map(({ id }) => id);
}

test.each([
  ['is removed', (id: string) => members().remove(owner.context, id)],
  ['leaves', (id: string, person: Person) => members().remove(person.context, id)],
  [
    'deletes the account',
    (_id: string, person: Person) => world.useCases.deleteMe(person.context, { password: PASSWORD }),
  ],
  ['may invite nobody any more', (id: string) => members().update(owner.context, id, { role: 'member' })],
])('invites of an admin who %s are revoked, and lead nowhere', async (_what, lose) => {
  const admin = await join('admin');
  const email = world.newAddress();
  const [{ body: own }, { body: other }] = [
    await invite(admin.context, email, 'member'),
    await invite(owner.context, world.newAddress(), 'member'),
  ];
  const token = await world.token('invite', email);
  await lose(admin.id, admin);
  const open = await openInvites();
  expect([open.includes(own.id), open.includes(other.id)]).toEqual([false, true]);
  expect((await eventsOf(own.id)).map(({ event }) => event)).toEqual(['invite_created', 'invite_revoked']);
  const accepted = world.users.invites.accept(STRANGER, { token, name: 'Grace', password: PASSWORD });
  await expect(accepted).rejects.toMatchObject({ code: 'link_invalid' });
});

test('of an owner who becomes admin, the invites of owners are revoked', async () => {
  const second = await join('owner');
  const [{ body: asOwner }, { body: asAdmin }] = [
    await invite(second.context, world.newAddress(), 'owner'),
    await invite(second.context, world.newAddress(), 'admin'),
  ];
  await members().update(owner.context, second.id, { role: 'admin' });
  const open = await openInvites();
  expect([open.includes(asOwner.id), open.includes(asAdmin.id)]).toEqual([false, true]);
});

test('an invite that is made while its maker is removed is refused', async () => {
  const { database } = world.world;
  const admin = await join('admin');
  const { workspaceId } = owner.context.principal;
  let inviting: Promise<unknown> | undefined;
  await database.transaction(async (on) => {
    await on.query('SELECT FROM auth.workspace WHERE id = $1 FOR UPDATE', [workspaceId]);
    inviting = invite(admin.context, world.newAddress(), 'member');
    inviting.catch(() => undefined);
    await until('it waits', async () => {
      const waiting = await database.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return waiting.length > 0;
    });
    await on.query('DELETE FROM auth.workspace_member WHERE workspace_id = $1 AND user_id = $2', [
      workspaceId,
      admin.id,
    ]);
  });
  await expect(inviting).rejects.toMatchObject({ code: 'forbidden' });
});

test('a key belongs to the workspace: it outlives the membership of who made it', async () => {
  const admin = await join('admin');
  const keys = new ApiKeys(world.world.database, signal, 'test');
  const { body } = await keys.create(admin.context, { name: 'Key', scopes: ['tasks:read'] });
  await members().remove(owner.context, admin.id);
  expect(await keys.get(owner.context, body.id)).toMatchObject({ state: 'active', version: 1 });
});

test('auth answers since when somebody is a member, a viewer too, which is before the event of the end', async () => {
  const { database } = world.world;
  const { id } = await join('viewer');
  const { workspaceId } = owner.context.principal;
  const [member] = await members().among(workspaceId, [id, uuidv7()]);
  const { membership_id } = (
    await database.query<{ membership_id: string }>(
      'SELECT id AS membership_id FROM auth.workspace_member WHERE workspace_id = $1 AND user_id = $2',
      [workspaceId, id],
    )
  )[0] ?? { membership_id: '' };
  await members().remove(owner.context, id);
  expect(await members().among(workspaceId, [id])).toEqual([]);
  const [ended] = await database.query<{ occurred_at: string }>(
    `SELECT occurred_at FROM auth.outbox WHERE aggregate_id = $1 AND subject LIKE '%member_removed'`,
    [membership_id],
  );
  expect(member?.user_id).toBe(id);
  expect(Date.parse(member?.joined_at ?? '')).toBeLessThanOrEqual(Date.parse(ended?.occurred_at ?? ''));
});

test('who leaves the default workspace with the account leaves an event of it', async () => {
  const { database } = world.world;
  const person = await world.person();
  await database.query(
    'UPDATE auth.workspace SET is_default = true WHERE id = (SELECT workspace_id FROM auth.workspace_member WHERE user_id = $1)',
    [person.id],
  );
  const [row] = await database.query<{ id: string }>('SELECT id FROM auth.workspace_member WHERE user_id = $1', [
    person.id,
  ]);
  await world.useCases.deleteMe(person.context, { password: PASSWORD });
  expect((await eventsOf(row?.id ?? '')).map(({ event }) => event)).toEqual(['member_added', 'member_removed']);
});
