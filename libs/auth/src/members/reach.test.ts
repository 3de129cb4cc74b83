// Nobody gets further by invites and roles than they are, and what is asked twice happens once.
import { setTimeout as delay } from 'node:timers/promises';
import { OutboxSignal } from '@mono/bus/outbox';
import type { CallContext } from '@mono/contract';
import { callOperation } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import {
  MembersClient,
  workspacesOperations,
  type InviteEvent,
  type MemberEvent,
  type Role,
} from '../../contract/index.js';
import { ApiKeysController } from '../api-keys/api-keys.controller.js';
import { insertMember } from '../persistence/members.js';
import { PASSWORD, STRANGER, UsersWorld, type Person } from '../../testing/users-world.js';
import { until } from '../../../../test/support/until.ts';

const signal = new OutboxSignal();
let world: UsersWorld;
let owner: Person;

beforeAll(async () => {
  world = await UsersWorld.create();
  owner = await world.person();
});
afterAll(() => world?.end());

function invite(context: CallContext, email: string, role: Role) {
  return world.client.createInvite({ email, role }, context);
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
async function keyOf(scopes: string[], list_ids: string[] | null = null): Promise<CallContext> {
  const keys = new ApiKeysController(world.world.database, signal, { environment: 'test' });
  const made = await keys.createApiKey({ name: 'Key', scopes, list_ids }, owner.context);
  const { workspaceId } = owner.context.principal;
  const listIds = list_ids === null ? {} : { listIds: list_ids };
  return { requestId: 'test', principal: { kind: 'api_key', id: made.id, workspaceId, scopes, ...listIds } };
}

async function eventsOf(id: string): Promise<(InviteEvent | MemberEvent)[]> {
  const rows = await world.world.database.query<{ version: number; payload: InviteEvent | MemberEvent }>(
    'SELECT version, payload FROM auth.outbox WHERE aggregate_id = $1 ORDER BY seq',
    [id],
  );
  return rows.map(({ version, payload }) => Object.assign(payload, { version }));
}

test.each([
  ['is limited to a list', ['*'], [uuidv7()], { message: 'Callers that are limited to lists may not do this.' }],
  ['is limited to the scope admin', ['admin'], null, { details: [expect.objectContaining({ field: 'scopes' })] }],
] as const)('a key that %s gives nobody a role that reaches further', async (_what, scopes, lists, told) => {
  const key = await keyOf([...scopes], lists && [...lists]);
  const refusal = { code: 'forbidden', ...told };
  await expect(invite(key, world.newAddress(), 'admin')).rejects.toMatchObject(refusal);
  const viewer = await join('viewer');
  await expect(world.client.updateMember({ id: viewer.id, patch: { role: 'admin' } }, key)).rejects.toMatchObject(
    refusal,
  );
  expect((await world.client.getMember({ id: viewer.id }, owner.context)).role).toBe('viewer');
});

test('a key that is limited to a list sees its workspace and the members, and changes neither', async () => {
  const key = await keyOf(['*'], [uuidv7()]);
  const { workspaceId: id } = key.principal;
  expect((await world.client.getWorkspace({ id }, key)).id).toBe(id);
  expect((await world.client.findMembers({ limit: 500 }, key)).items.map((member) => member.id)).toContain(owner.id);
  const changes = [
    world.client.updateWorkspace({ id, patch: { name: 'Renamed' } }, key),
    world.client.removeMember({ id: owner.id }, key),
    world.client.findInvites({ limit: 500 }, key),
  ];
  for (const change of changes) await expect(change).rejects.toMatchObject({ code: 'forbidden' });
});

test('a key that reaches as far gives it', async () => {
  const invited = await invite(await keyOf(['*']), world.newAddress(), 'admin');
  expect(invited.role).toBe('admin');
});

test('an admin does not replace the invite of an owner', async () => {
  const email = world.newAddress();
  const { id } = await invite(owner.context, email, 'owner');
  const admin = await join('admin');
  await expect(invite(admin.context, email, 'viewer')).rejects.toMatchObject({ code: 'forbidden' });
  expect(await world.client.getInvite({ id }, owner.context)).toMatchObject({ role: 'owner', version: 1 });
  await world.world.database.query('UPDATE auth.invite SET expires_at = now() WHERE id = $1', [id]);
  expect(await invite(admin.context, email, 'viewer')).toMatchObject({ id, version: 2 });
});

test('of many who invite one address at once there is one invite, and each event tells what it changed', async () => {
  const email = world.newAddress();
  const roles: Role[] = ['owner', 'admin', 'member', 'viewer', 'owner', 'admin', 'member', 'viewer'];
  const answers = await Promise.all(roles.map((role) => invite(owner.context, email, role)));
  const [first = { id: '' }] = answers;
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
  expect((await world.client.getInvite({ id: first.id }, owner.context)).role).toBe(role);
  expect((await world.tokens('invite', email)).filter((token) => token !== null)).toHaveLength(1);
});

/** Somebody accepts while another change is under way that holds the invite. */
async function acceptDuring(change: (id: string, email: string) => Promise<unknown>): Promise<unknown[]> {
  const email = world.newAddress();
  const { id } = await invite(owner.context, email, 'member');
  const token = await world.token('invite', email);
  const accepting = () => world.client.acceptInvite({ token, name: 'Grace', password: PASSWORD }, STRANGER);
  const settled = await Promise.allSettled([accepting(), accepting(), accepting(), change(id, email)]);
  return settled.map((one) => (one.status === 'rejected' ? (one.reason as { code: unknown }).code : 'done'));
}

test.each([
  ['taken back', (id: string) => world.client.revokeInvite({ id: id }, owner.context)],
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
  const open = await world.client.findInvites({ limit: 500 }, owner.context);
  const inside = await world.client.findMembers({ limit: 500 }, owner.context);
  const addresses = new Set(inside.items.map(({ email }) => email));
  expect(open.items.filter(({ email }) => addresses.has(email))).toEqual([]);
});

test('who is nowhere makes one workspace, however often the call is repeated', async () => {
  const { database } = world.world;
  const { id, email } = await world.person();
  await database.query('DELETE FROM auth.workspace_member WHERE user_id = $1', [id]);
  const nowhere = await world.signIn(email, PASSWORD);
  const input = { name: 'Once' };
  const first = await callOperation(world.bus, workspacesOperations.createWorkspace, input, {
    ...nowhere.context,
    idempotencyKey: 'once',
  });
  const there = await world.signIn(email, PASSWORD);
  expect(there.context.principal.workspaceId).toBe((first.body as { id: string }).id);
  const second = await callOperation(world.bus, workspacesOperations.createWorkspace, input, {
    ...there.context,
    idempotencyKey: 'once',
  });
  expect(second).toEqual({ body: first.body, replayed: true });
});

async function openInvites(): Promise<string[]> {
  return (await world.client.findInvites({ limit: 500 }, owner.context)).items.map(({ id }) => id);
}

test.each([
  ['is removed', (id: string) => world.client.removeMember({ id: id }, owner.context)],
  ['leaves', (id: string, person: Person) => world.client.removeMember({ id: id }, person.context)],
  [
    'deletes the account',
    (_id: string, person: Person) => world.client.deleteMe({ password: PASSWORD }, person.context),
  ],
  [
    'may invite nobody any more',
    (id: string) => world.client.updateMember({ id: id, patch: { role: 'member' } }, owner.context),
  ],
])('invites of an admin who %s are revoked, and lead nowhere', async (_what, lose) => {
  const admin = await join('admin');
  const email = world.newAddress();
  const [own, other] = [
    await invite(admin.context, email, 'member'),
    await invite(owner.context, world.newAddress(), 'member'),
  ];
  const token = await world.token('invite', email);
  await lose(admin.id, admin);
  const open = await openInvites();
  expect([open.includes(own.id), open.includes(other.id)]).toEqual([false, true]);
  expect((await eventsOf(own.id)).map(({ event }) => event)).toEqual(['invite_created', 'invite_revoked']);
  const accepted = world.client.acceptInvite({ token, name: 'Grace', password: PASSWORD }, STRANGER);
  await expect(accepted).rejects.toMatchObject({ code: 'link_invalid' });
});

test('of an owner who becomes admin, the invites of owners are revoked', async () => {
  const second = await join('owner');
  const [asOwner, asAdmin] = [
    await invite(second.context, world.newAddress(), 'owner'),
    await invite(second.context, world.newAddress(), 'admin'),
  ];
  await world.client.updateMember({ id: second.id, patch: { role: 'admin' } }, owner.context);
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
  const keys = new ApiKeysController(world.world.database, signal, { environment: 'test' });
  const made = await keys.createApiKey({ name: 'Key', scopes: ['tasks:read'] }, admin.context);
  await world.client.removeMember({ id: admin.id }, owner.context);
  expect(await keys.getApiKey({ id: made.id }, owner.context)).toMatchObject({ state: 'active', version: 1 });
});

test('auth answers since when somebody is a member, a viewer too, which is before the event of the end', async () => {
  const { database } = world.world;
  const { id } = await join('viewer');
  const { workspaceId } = owner.context.principal;
  const [member] = await new MembersClient(world.bus).memberships(workspaceId, [id, uuidv7()]);
  const { membership_id } = (
    await database.query<{ membership_id: string }>(
      'SELECT id AS membership_id FROM auth.workspace_member WHERE workspace_id = $1 AND user_id = $2',
      [workspaceId, id],
    )
  )[0] ?? { membership_id: '' };
  await world.client.removeMember({ id: id }, owner.context);
  expect(await new MembersClient(world.bus).memberships(workspaceId, [id])).toEqual([]);
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
  await world.client.deleteMe({ password: PASSWORD }, person.context);
  expect((await eventsOf(row?.id ?? '')).map(({ event }) => event)).toEqual(['member_added', 'member_removed']);
});

test('callers that are limited to lists see names of members, but no addresses', async () => {
  const { id, context } = owner;
  const limited = { ...context, principal: { ...context.principal, listIds: [uuidv7()] } };
  const key = await keyOf(['tasks:read'], [uuidv7()]);
  for (const call of [limited, key]) {
    const { items } = await world.client.findMembers({}, call);
    expect(items.length).toBeGreaterThan(0);
    for (const item of [...items, await world.client.getMember({ id }, call)]) {
      expect(item).toMatchObject({ name: expect.any(String), role: expect.any(String) });
      expect(item).not.toHaveProperty('email');
    }
  }
  expect(await world.client.getMember({ id }, await keyOf(['tasks:read']))).toMatchObject({ email: owner.email });
});
