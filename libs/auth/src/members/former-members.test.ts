// Names of members who have left.
import type { CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import { MembersClient, type Member, type Role } from '../../contract/index.js';
import { deleteWorkspaces, insertMember } from '../persistence/members.js';
import { PASSWORD, UsersWorld, type Person } from '../../testing/users-world.js';

let world: UsersWorld;
let owner: Person;

beforeAll(async () => {
  world = await UsersWorld.create();
});
beforeEach(async () => {
  owner = await world.person();
});
afterAll(() => world?.end());

/** In the owner's workspace, and first in one of their own. */
async function join(role: Role = 'member'): Promise<Person> {
  const person = await world.person();
  const { workspaceId } = owner.context.principal;
  await insertMember(world.world.database, person.context, { workspaceId, userId: person.id }, role);
  return person;
}

async function left(name = 'Grace Hopper'): Promise<Person> {
  const person = await join();
  await world.client.updateMe({ patch: { name } }, person.context);
  await world.client.removeMember({ id: person.id }, owner.context);
  return person;
}

function get(id: string, context: CallContext = owner.context): Promise<Member> {
  return world.client.getMember({ id }, context);
}

async function listed(query: object = {}, context: CallContext = owner.context): Promise<string[]> {
  return (await world.client.findMembers(query, context)).items.map(({ id }) => id);
}

test('a member who was removed keeps the name, without address and role', async () => {
  const { id } = await left();
  const member = await get(id);
  expect(member).toMatchObject({ id, name: 'Grace Hopper', role: null, status: 'former', version: 2 });
  expect(member).not.toHaveProperty('email');
  expect(Date.parse(member.joined_at)).toBeLessThanOrEqual(Date.parse(member.updated_at));
  expect(await get(owner.id)).toMatchObject({ role: 'owner', status: 'active', email: owner.email });
});

test('former members are listed when they are asked for, in pages', async () => {
  const [one, two] = [await left(), await left()];
  const all = [owner.id, one.id, two.id].toSorted();
  expect(await listed()).toEqual([owner.id]);
  const query = { include_former: 'true' as const, limit: 2, count: 'exact' as const };
  const first = await world.client.findMembers(query, owner.context);
  const second = await world.client.findMembers({ ...query, cursor: first.page.next_cursor ?? '' }, owner.context);
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(all);
  expect([first.page.total, second.page.next_cursor]).toEqual([3, null]);
  expect(await listed({ include_former: 'true', order_dir: 'desc' })).toEqual(all.toReversed());
});

test('a former member cannot be changed or removed again', async () => {
  const { id } = await left();
  const refused = { code: 'member_not_found' };
  await expect(world.client.updateMember({ id, patch: { role: 'viewer' } }, owner.context)).rejects.toMatchObject(
    refused,
  );
  await expect(world.client.removeMember({ id }, owner.context)).rejects.toMatchObject(refused);
});

test('a user who returns is a member, once', async () => {
  const { id, context, email } = await left();
  const { workspaceId } = owner.context.principal;
  await insertMember(world.world.database, context, { workspaceId, userId: id }, 'viewer');
  expect(await get(id)).toMatchObject({ status: 'active', role: 'viewer', email });
  expect(await listed({ include_former: 'true' })).toHaveLength(2);
  await world.client.removeMember({ id }, owner.context);
  expect(await get(id)).toMatchObject({ status: 'former', role: null });
});

test('a deleted account leaves no name', async () => {
  const person = await left();
  await world.client.deleteMe({ password: PASSWORD }, person.context);
  expect(await get(person.id)).toMatchObject({ name: 'Deleted user', status: 'former' });
  const still = await join();
  await world.client.deleteMe({ password: PASSWORD }, still.context);
  expect(await get(still.id)).toMatchObject({ name: 'Deleted user', status: 'former' });
});

test('another workspace does not know the former member', async () => {
  const { id } = await left();
  const stranger = await world.person();
  await expect(get(id, stranger.context)).rejects.toMatchObject({ code: 'member_not_found' });
  expect(await listed({ include_former: 'true' }, stranger.context)).toEqual([stranger.id]);
});

test('callers that are limited to lists see the names of former members', async () => {
  const { id } = await left();
  const limited = { ...owner.context, principal: { ...owner.context.principal, listIds: [uuidv7()] } };
  expect(await get(id, limited)).toMatchObject({ name: 'Grace Hopper', status: 'former' });
});

test('modules get the names of members, former ones and deleted accounts by id', async () => {
  const [former, deleted] = [await left(), await join()];
  await world.client.deleteMe({ password: PASSWORD }, deleted.context);
  const { workspaceId } = owner.context.principal;
  const names = await new MembersClient(world.bus).names(workspaceId, [uuidv7(), former.id, owner.id, deleted.id]);
  expect([...names]).toEqual([
    [former.id, 'Grace Hopper'],
    [owner.id, 'Ada'],
    [deleted.id, 'Deleted user'],
  ]);
});

test('a former member who was removed before is named to modules as long as the account exists', async () => {
  const { id } = await left();
  const { database } = world.world;
  await database.query('DELETE FROM auth.former_member WHERE user_id = $1', [id]);
  const { workspaceId } = owner.context.principal;
  expect([...(await new MembersClient(world.bus).names(workspaceId, [id]))]).toEqual([[id, 'Grace Hopper']]);
  await expect(get(id)).rejects.toMatchObject({ code: 'member_not_found' });
});

test('the rows of former members go with the workspace', async () => {
  const { id } = await left();
  const { database } = world.world;
  await database.transaction((on) => deleteWorkspaces(on, [owner.context.principal.workspaceId]));
  expect(await database.query('SELECT FROM auth.former_member WHERE user_id = $1', [id])).toEqual([]);
});
