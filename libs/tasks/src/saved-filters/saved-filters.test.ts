// Saved filters: personal and shared ones, their order, their bounds, and the tasks that they find for each caller.
import { randomUUID } from 'node:crypto';
import type { CallContext, Principal } from '@mono/contract';
import { MAX_PERSONAL_FILTERS, type CreateFilter, type FilterEvent, type SavedFilter } from '../../contract/index.js';
import { createTasksWorld, insertList, type TasksOperations, type TasksWorld } from '../../testing/tasks-world.js';
import { EraseWorkspace } from '../lists/erase-workspace.js';

let world: TasksWorld;
let api: TasksOperations;
let workspace: string;
let ada: CallContext;
let bob: CallContext;
let key: CallContext;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(() => {
  workspace = randomUUID();
  ada = as({ kind: 'user', id: randomUUID() });
  bob = as({ kind: 'user', id: randomUUID() });
  key = as({});
});

function as(more: Partial<Principal>, call: Partial<CallContext> = {}): CallContext {
  const principal = { kind: 'api_key', id: randomUUID(), workspaceId: workspace, scopes: ['*'], ...more } as const;
  return { principal, requestId: 'test', ...call };
}

function save(call: CallContext, more: Partial<CreateFilter> = {}): Promise<SavedFilter> {
  return api.createFilter({ name: 'Mine', filter: 'assignee:me', ...more }, call);
}

async function names(call: CallContext, query = {}): Promise<string[]> {
  return (await api.findFilters(query, call)).items.map(({ name }) => name);
}

async function eventsOf(id: string): Promise<FilterEvent[]> {
  const rows = await world.database.query<{ payload: FilterEvent; version: number }>(
    'SELECT payload, version FROM tasks.outbox WHERE aggregate_id = $1 ORDER BY version',
    [id],
  );
  return rows.map(({ payload, version }) => Object.assign(payload, { version }));
}

async function titles(call: CallContext, id: string, query = {}): Promise<string[]> {
  return (await api.findTasksOfFilter({ id, ...query }, call)).items.map(({ title }) => title);
}

function create(title: string, list_id: string, user: CallContext): Promise<unknown> {
  return api.createTask({ title, list_id, assignee_id: user.principal.id }, key);
}

function endMembership({ principal }: CallContext): Promise<void> {
  const departure = { workspaceId: workspace, userId: principal.id, requestId: 'left' };
  return world.formerMembers().end(departure, '2026-06-01T00:00:00.000Z');
}

const faultOf = (issue: string) => ({ details: [{ field: 'filter', issue: expect.stringContaining(issue) }] });

test('a saved filter has defaults, and is given back as it was saved', async () => {
  const saved = await save(ada, { group_by: 'status', view: 'board', color: '#1f6feb', order_by: 'due_at' });
  expect(saved).toMatchObject({
    name: 'Mine',
    filter: 'assignee:me',
    order_by: 'due_at',
    order_dir: 'asc',
    group_by: 'status',
    view: 'board',
    color: '#1f6feb',
    visibility: 'personal',
    owner_id: ada.principal.id,
    version: 1,
  });
  expect(await api.getFilter({ id: saved.id }, ada)).toEqual(saved);
  expect(await save(key, { filter: 'overdue' })).toMatchObject({ visibility: 'shared', owner_id: null, view: 'list' });
});

test('a personal filter exists for its owner only', async () => {
  const { id } = await save(ada);
  await save(ada, { name: 'Ours', visibility: 'shared' });
  const missing = { code: 'filter_not_found' };
  for (const other of [bob, key]) {
    await expect(api.getFilter({ id }, other)).rejects.toMatchObject(missing);
    await expect(api.updateFilter({ id, patch: { name: 'x' } }, other)).rejects.toMatchObject(missing);
    await expect(api.deleteFilter({ id }, other)).rejects.toMatchObject(missing);
    await expect(api.findTasksOfFilter({ id }, other)).rejects.toMatchObject(missing);
    expect(await names(other)).toEqual(['Ours']);
  }
  expect(await names(ada)).toEqual(['Mine', 'Ours']);
  expect((await api.findFilters({ count: 'exact', limit: 1 }, bob)).page.total).toBe(1);
});

test('others change a shared filter, and only its owner makes it personal', async () => {
  const { id } = await save(ada, { visibility: 'shared' });
  const changed = await api.updateFilter({ id, patch: { name: 'Ours', color: '#ffffff' } }, bob);
  expect(changed).toMatchObject({ name: 'Ours', version: 2, owner_id: ada.principal.id });
  const refused = { code: 'validation_error', details: [{ field: 'visibility', issue: expect.any(String) }] };
  const personal = { id, patch: { visibility: 'personal' as const } };
  await expect(api.updateFilter(personal, bob)).rejects.toMatchObject(refused);
  await expect(api.updateFilter(personal, key)).rejects.toMatchObject(refused);
  await expect(save(key, { visibility: 'personal' })).rejects.toMatchObject(refused);
  await api.updateFilter(personal, ada);
  await expect(api.getFilter({ id }, bob)).rejects.toMatchObject({ code: 'filter_not_found' });
});

test('each change is one event, which says who sees the filter before and after', async () => {
  const { id } = await save(ada);
  const me = ada.principal.id;
  await api.updateFilter({ id, patch: { visibility: 'shared' } }, ada);
  await api.updateFilter({ id, patch: { name: 'Mine' } }, ada);
  await api.updateFilter({ id, patch: { color: '#000000' } }, bob);
  await api.updateFilter({ id, patch: { visibility: 'personal' } }, ada);
  await api.deleteFilter({ id }, ada);
  expect(await eventsOf(id)).toMatchObject([
    { event: 'filter_created', version: 1, visible_to: me, changes: { name: { from: null, to: 'Mine' } } },
    { event: 'filter_updated', version: 2, visible_to: null, previously_visible_to: me },
    { event: 'filter_updated', version: 3, visible_to: null, changes: { color: { from: null, to: '#000000' } } },
    { event: 'filter_updated', version: 4, visible_to: me, previously_visible_to: null },
    { event: 'filter_deleted', version: 5, visible_to: me, changes: { name: { from: 'Mine', to: null } } },
  ]);
});

test('a replacement sets absent fields to their defaults, and If-Match guards it', async () => {
  const { id, position } = await save(ada, { color: '#123456', group_by: 'tag', order_by: 'title', order_dir: 'desc' });
  const replacement = { id, name: 'All', filter: 'open', visibility: 'personal' as const };
  const stale = as(ada.principal, { expectedVersion: 7 });
  await expect(api.replaceFilter(replacement, stale)).rejects.toMatchObject({ code: 'version_conflict' });
  await expect(api.deleteFilter({ id }, stale)).rejects.toMatchObject({ code: 'version_conflict' });
  expect(await api.replaceFilter(replacement, as(ada.principal, { expectedVersion: 1 }))).toMatchObject({
    name: 'All',
    color: null,
    group_by: null,
    order_by: 'created_at',
    order_dir: 'asc',
    position,
    version: 2,
  });
});

test('a repeated Idempotency-Key saves one filter', async () => {
  const call = as(ada.principal, { idempotencyKey: 'once' });
  const [first, second] = [await save(call), await save(call)];
  expect(second).toEqual(first);
  expect(await names(ada)).toHaveLength(1);
});

test('filters are ordered by hand, also between those that only others see', async () => {
  const a = await save(ada, { name: 'A', visibility: 'shared' });
  await save(bob, { name: 'B', after: a.id });
  const c = await save(ada, { name: 'C', after: a.id });
  const d = await save(ada, { name: 'D' });
  expect([await names(ada), await names(bob)]).toEqual([
    ['A', 'C', 'D'],
    ['A', 'B'],
  ]);
  await api.updateFilter({ id: d.id, patch: { before: a.id } }, ada);
  await api.updateFilter({ id: c.id, patch: { after: a.id } }, ada);
  expect(await names(ada, { order_dir: 'desc' })).toEqual(['C', 'A', 'D']);
  const { items, page } = await api.findFilters({ limit: 2 }, ada);
  expect(items.map(({ name }) => name)).toEqual(['D', 'A']);
  expect(await names(ada, { limit: 2, cursor: page.next_cursor })).toEqual(['C']);
  const mine = await save(bob, { name: 'E' });
  const beyond = api.updateFilter({ id: c.id, patch: { after: mine.id } }, ada);
  await expect(beyond).rejects.toMatchObject({ details: [{ field: 'after', issue: 'must be another filter' }] });
});

test('many at once do not get more filters than the bound', async () => {
  await save(ada);
  await world.database.query(
    `INSERT INTO tasks.saved_filter SELECT gen_random_uuid(), $1, 'N', 'open', 'title', 'asc', NULL, 'list', NULL, 'personal', $2,
       'x' || n, 1, now(), now() FROM generate_series(1, $3::int) AS n`,
    [workspace, ada.principal.id, MAX_PERSONAL_FILTERS - 2],
  );
  const all = await Promise.allSettled(Array.from({ length: 20 }, () => save(ada)));
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const { id } = await save(ada, { visibility: 'shared' });
  const personal = api.updateFilter({ id, patch: { visibility: 'personal' } }, ada);
  await expect(personal).rejects.toMatchObject({ code: 'too_many_filters', details: { visibility: 'personal' } });
});

test('a filter that is not valid is refused when it is saved, by its place', async () => {
  await expect(save(ada, { filter: 'due < soon' })).rejects.toMatchObject(
    faultOf('character 7: "soon" is not a date.'),
  );
  await expect(save(ada, { filter: 'list:Nowhere' })).rejects.toMatchObject(faultOf('There is no list "Nowhere".'));
  const { id } = await save(ada);
  const update = api.updateFilter({ id, patch: { filter: 'open &' } }, ada);
  await expect(update).rejects.toMatchObject(faultOf('character'));
});

describe('the tasks of a filter', () => {
  let list: string;
  let garden: string;

  beforeEach(async () => {
    list = await insertList(world.database, workspace);
    garden = await insertList(world.database, workspace);
    await create('of Ada', list, ada);
    await create('of Ada, too', garden, ada);
    await create('of Bob', list, bob);
  });

  test('are those of the caller, in the order of the filter or of the request', async () => {
    const { id } = await save(ada, { visibility: 'shared', order_by: 'title', order_dir: 'desc' });
    expect([await titles(ada, id), await titles(bob, id)]).toEqual([['of Ada, too', 'of Ada'], ['of Bob']]);
    expect(await titles(ada, id, { order_dir: 'asc' })).toEqual(['of Ada', 'of Ada, too']);
    expect(await titles(ada, id, { order_by: 'created_at' })).toEqual(['of Ada', 'of Ada, too']);
    expect(await titles(ada, id, { list_id: garden })).toEqual(['of Ada, too']);
    const first = await api.findTasksOfFilter({ id, limit: 1, count: 'exact' }, ada);
    expect(first.page.total).toBe(2);
    expect(await titles(ada, id, { limit: 1, cursor: first.page.next_cursor })).toEqual(['of Ada']);
    await api.updateFilter({ id, patch: { filter: 'open' } }, ada);
    await expect(titles(ada, id, { limit: 1, cursor: first.page.next_cursor })).rejects.toMatchObject({
      code: 'validation_error',
    });
  });

  test('are those in reach of a user who is limited to lists, who sees own filters and saves none', async () => {
    const { id: own } = await save(ada, { filter: 'open' });
    const { id } = await save(bob, { visibility: 'shared', filter: 'open' });
    const limited = as({ kind: 'user', id: ada.principal.id, listIds: [garden] });
    expect(await titles(limited, own)).toEqual(['of Ada, too']);
    expect((await api.findFilters({}, limited)).items.map((one) => one.id)).toEqual([own]);
    const forbidden = { code: 'forbidden' };
    await expect(save(limited, { filter: 'open' })).rejects.toMatchObject(forbidden);
    await expect(api.updateFilter({ id: own, patch: { name: 'x' } }, limited)).rejects.toMatchObject(forbidden);
    // Shared ones name lists and members beyond.
    const refused = { code: 'filter_not_found' };
    await expect(api.getFilter({ id }, limited)).rejects.toMatchObject(refused);
    await expect(api.updateFilter({ id, patch: { name: 'x' } }, limited)).rejects.toMatchObject(refused);
    await expect(api.deleteFilter({ id }, limited)).rejects.toMatchObject(refused);
  });

  test('a list that the filter names and that is gone, and "me" of an API key, are clear conflicts', async () => {
    const { id } = await save(ada, { visibility: 'shared', filter: `list:${garden}` });
    expect(await titles(bob, id)).toEqual(['of Ada, too']);
    await api.deleteList({ id: garden, tasks: 'delete' }, key);
    await expect(titles(bob, id)).rejects.toMatchObject({
      kind: 'conflict',
      code: 'filter_not_usable',
      message: expect.stringContaining(`There is no list "${garden}"`),
      details: { id },
    });
    const mine = await save(key);
    await expect(titles(key, mine.id)).rejects.toMatchObject({ code: 'filter_not_usable' });
    expect(await titles(ada, mine.id)).toEqual(['of Ada']);
  });
});

describe('a member who leaves', () => {
  test('takes the personal filters along; shared ones stay', async () => {
    const { id } = await save(ada);
    await save(ada, { name: 'Ours', visibility: 'shared' });
    await save(bob, { name: 'Of Bob' });
    await endMembership(ada);
    expect([await names(ada), await names(bob)]).toEqual([['Ours'], ['Ours', 'Of Bob']]);
    expect((await eventsOf(id)).at(-1)).toMatchObject({
      event: 'filter_deleted',
      origin: 'system',
      request_id: 'left',
      visible_to: ada.principal.id,
    });
  });

  test('saves no personal filter any more', async () => {
    const shared = await save(ada, { visibility: 'shared' });
    await endMembership(ada);
    await expect(save(ada)).rejects.toMatchObject({ code: 'forbidden' });
    const personal = api.updateFilter({ id: shared.id, patch: { visibility: 'personal' } }, ada);
    await expect(personal).rejects.toMatchObject({ code: 'forbidden' });
    expect(await names(ada)).toEqual(['Mine']);
  });
});

test('filters are erased with their workspace; those of others stay', async () => {
  await save(ada);
  await save(key, { filter: 'open', name: 'Ours' });
  const erased = workspace;
  const elsewhere = as({ workspaceId: randomUUID() });
  await api.createFilter({ name: 'Elsewhere', filter: 'open' }, elsewhere);
  await world.node.get(EraseWorkspace).erase(erased, 'erase');
  expect([await names(ada), await names(elsewhere)]).toEqual([[], ['Elsewhere']]);
});
