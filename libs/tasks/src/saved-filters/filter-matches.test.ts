// Changes of tasks and filters: which concern which, as webhooks and the change feed ask.
import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { clientOf, type CallContext } from '@mono/contract';
import {
  filterMatchesOperations,
  FilterMatchesClient,
  type ChangeToMatch,
  type FilterToMatch,
  type TaskEvent,
  type TaskPatch,
} from '../../contract/index.js';
import { createTasksWorld, insertList, type TasksOperations, type TasksWorld } from '../../testing/tasks-world.js';
import { KnownTasks } from './known-tasks.js';

let world: TasksWorld;
let api: TasksOperations;
let matching: FilterMatchesClient;
let workspace: string;
let call: CallContext;
let list: string;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
  matching = new FilterMatchesClient(world.bus());
});
afterAll(() => world?.end());
beforeEach(async () => {
  workspace = randomUUID();
  const principal = { kind: 'user', id: randomUUID(), workspaceId: workspace, scopes: ['*'] } as const;
  call = { principal, requestId: 'test' };
  list = await insertList(world.database, workspace);
});

function filterOf(filter: string | null, more: Partial<FilterToMatch> = {}): FilterToMatch {
  return {
    filter,
    filter_id: null,
    timezone: 'UTC',
    caller: { kind: 'user', id: call.principal.id, list_ids: null },
    ...more,
  };
}

async function eventsOf(...ids: string[]): Promise<ChangeToMatch[]> {
  const rows = await world.database.query<{ payload: TaskEvent; version: number; occurred_at: string }>(
    'SELECT payload, version, occurred_at FROM tasks.outbox WHERE aggregate_id = ANY($1::uuid[]) ORDER BY seq',
    [ids],
  );
  return rows.map(({ payload, version, occurred_at }) => {
    const { aggregate_id: task_id, changes } = payload;
    return { task_id, version, occurred_at, changes };
  });
}

/** The versions of the events that concern the filter. */
async function versions(filter: string, events: readonly ChangeToMatch[]): Promise<number[]> {
  const [result] = await matching.matchChanges(workspace, [filterOf(filter)], events);
  expect(result?.fault).toBeNull();
  return (result?.matching ?? []).map((place) => events[place]?.version ?? 0).toSorted((a, b) => a - b);
}

async function found(filter: string, id: string): Promise<boolean> {
  const { items } = await api.findTasks({ filter, timezone: 'UTC', limit: 500 }, call);
  return items.some((task) => task.id === id);
}

test('a change concerns a filter that the task matches before or after it', async () => {
  const { id } = await api.createTask({ title: 'Milk', list_id: list, tags: ['errand'] }, call);
  await api.updateTask({ id, patch: { tags: [] } }, call);
  await api.updateTask({ id, patch: { title: 'Oat milk' } }, call);
  await api.updateTask({ id, patch: { status: 'done', tags: ['errand'] } }, call);
  await api.deleteTask({ id }, call);
  const events = await eventsOf(id);
  expect(events).toHaveLength(5);
  expect(await versions('tag:errand', events)).toEqual([1, 2, 4, 5]);
  expect(await versions('tag:errand & open', events)).toEqual([1, 2]);
  expect(await versions('"oat"', events)).toEqual([3, 4, 5]);
  expect(await versions('tag:none', events)).toEqual([2, 3, 4]);
  expect(await versions('completed >= 2000', events)).toEqual([4, 5]);
  expect(await versions('title:bread', events)).toEqual([]);
});

test('a change is judged by the task as it was then, whatever came after', async () => {
  const { id } = await api.createTask({ title: 'Milk', list_id: list }, call);
  await api.updateTask({ id, patch: { title: 'Oat milk' } }, call);
  await api.updateTask({ id, patch: { tags: ['errand'], assignee_id: call.principal.id } }, call);
  await api.updateTask({ id, patch: { tags: ['home'] } }, call);
  for (const deletion of [async () => undefined, () => api.deleteTask({ id }, call)]) {
    await deletion();
    const concerned: number[] = [];
    for (const event of (await eventsOf(id)).slice(0, 4))
      concerned.push(...(await versions('assignee:me & tag:errand', [event])));
    expect(concerned).toEqual([3, 4]);
  }
  await world.database.query(`UPDATE tasks.outbox SET published_at = now() WHERE aggregate_id = $1`, [id]);
  const [, renamed] = await eventsOf(id);
  if (!renamed) throw new Error('There is no event.');
  expect(await versions('tag:home', [renamed])).toEqual([]);
});

test('a change of long ago alone is judged by the task as it is, also in the trash', async () => {
  const { id } = await api.createTask({ title: 'Milk', list_id: list, priority: 'high' }, call);
  await api.updateTask({ id, patch: { title: 'Oat milk' } }, call);
  await api.updateTask({ id, patch: { tags: ['errand'] } }, call);
  const renamed = Object.assign({}, (await eventsOf(id))[1], { occurred_at: '2026-05-01T09:00:00.000Z' });
  expect(await versions('priority:high', [renamed])).toEqual([2]);
  expect(await versions('tag:errand', [renamed])).toEqual([2]);
  await api.deleteTask({ id }, call);
  expect(await versions('priority:high & title:oat', [renamed])).toEqual([2]);
  expect(await versions('priority:low', [renamed])).toEqual([]);
});

test('a change of a task that is gone for good is judged by what it says', async () => {
  const { id } = await api.createTask({ title: 'Milk', list_id: list, priority: 'high' }, call);
  await api.updateTask({ id, patch: { title: 'Oat milk' } }, call);
  await api.deleteTask({ id, permanent: 'true' }, call);
  const [created, renamed, deleted] = await eventsOf(id);
  if (!created || !renamed || !deleted) throw new Error('There are too few events.');
  expect(await versions('priority:high', [deleted])).toEqual([3]);
  expect(await versions('title:oat', [renamed])).toEqual([2]);
  await world.database.query('DELETE FROM tasks.outbox WHERE aggregate_id = $1', [id]);
  expect(await versions('title:oat & priority:high', [created, renamed, deleted])).toEqual([2, 3]);
  // Its status is unknown.
  expect(await versions('title:oat', [renamed])).toEqual([]);
});

test('archived tasks concern a filter that compares the status only', async () => {
  const { id } = await api.createTask({ title: 'Milk', list_id: list, status: 'archived' }, call);
  await api.updateTask({ id, patch: { title: 'Oat milk' } }, call);
  const events = await eventsOf(id);
  expect(await versions('"milk"', events)).toEqual([]);
  expect(await versions('"milk" & status:archived', events)).toEqual([1, 2]);
});

test('dates are those of the moment of the change', async () => {
  const { id } = await api.createTask({ title: 'Pay', list_id: list, due_at: '2026-05-02T09:00:00Z' }, call);
  const [event] = await eventsOf(id);
  if (!event) throw new Error('There is no event.');
  const at = (occurred_at: string): ChangeToMatch => Object.assign({}, event, { occurred_at });
  expect(await versions('due:+1d', [at('2026-05-01T12:00:00Z')])).toEqual([1]);
  expect(await versions('due:+1d', [at('2026-05-03T12:00:00Z')])).toEqual([]);
});

test('filters that cannot be used say why, and the others are judged', async () => {
  const saved = await api.createFilter({ name: 'Mine', filter: `list:${list}` }, call);
  const { id } = await api.createTask({ title: 'Milk', list_id: list, assignee_id: call.principal.id }, call);
  const events = await eventsOf(id);
  const key = { kind: 'api_key', id: randomUUID(), list_ids: null } as const;
  const filters = [
    filterOf(null, { filter_id: saved.id }),
    filterOf(null, { filter_id: saved.id, caller: key }),
    filterOf('assignee:me'),
    filterOf('assignee:me', { caller: key }),
    filterOf('open &'),
    filterOf(`list:${list}`, { caller: { ...key, list_ids: [randomUUID()] } }),
  ];
  const results = await matching.matchChanges(workspace, filters, events);
  expect(results).toMatchObject([
    { fault: null, matching: [0] },
    { fault: { code: 'filter_not_found' }, matching: [] },
    { fault: null, matching: [0] },
    { fault: { code: 'validation_error', message: expect.stringContaining('There is no member "me"') } },
    { fault: { code: 'validation_error' }, matching: [] },
    { fault: { code: 'validation_error', message: expect.stringContaining('There is no list') } },
  ]);
});

test('a saved filter counts as it is now, and a fault only while it lasts', async () => {
  const { id } = await api.createTask({ title: 'Milk', list_id: list }, call);
  const { matchTasks } = clientOf(world.bus(), filterMatchesOperations);
  const ask = (filter: FilterToMatch) => matchTasks({ workspace_id: workspace, filter, ids: [id] });
  const { id: saved } = await api.createFilter({ name: 'Mine', filter: 'title:bread' }, call);
  const byId = filterOf(null, { filter_id: saved });
  expect(await ask(byId)).toEqual({ fault: null, ids: [] });
  await api.updateFilter({ id: saved, patch: { filter: 'title:milk' } }, call);
  expect(await ask(byId)).toEqual({ fault: null, ids: [id] });
  await api.deleteFilter({ id: saved }, call);
  expect(await ask(byId)).toMatchObject({ fault: { code: 'filter_not_found' } });
  const named = filterOf('title:milk | list:Pantry');
  expect(await ask(named)).toMatchObject({ fault: { code: 'validation_error' } });
  await api.createList({ title: 'Pantry' }, call);
  expect(await ask(named)).toEqual({ fault: null, ids: [id] });
});

test('many and large changes go in several messages, each task in one', async () => {
  const { id } = await api.createTask({ title: 'Milk', list_id: list }, call);
  const [event] = await eventsOf(id);
  if (!event) throw new Error('There is no event.');
  const description = { from: null, to: 'x'.repeat(60_000) };
  const many = Array.from({ length: 700 }, (_, index) => ({
    task_id: randomUUID(),
    version: 1,
    occurred_at: event.occurred_at,
    changes: { ...event.changes, ...(index < 30 && { description }), padding: { from: null, to: 'y'.repeat(9_000) } },
  }));
  const reads = jest.spyOn(world.node.get(KnownTasks), 'read');
  const [result] = await matching.matchChanges(workspace, [filterOf('open')], many);
  expect(result?.matching.toSorted((a, b) => a - b)).toEqual([...many.keys()]);
  expect(reads.mock.calls.length).toBeGreaterThan(2);
  expect(reads.mock.calls.length).toBeLessThan(10);
  reads.mockRestore();
});

test('the tasks of a filter among some are those that it finds now, in the reach of the caller', async () => {
  const other = await insertList(world.database, workspace);
  const ids = await Promise.all(
    [list, other].map(async (list_id) => (await api.createTask({ title: 'Milk', list_id }, call)).id),
  );
  const [mine = '', theirs = ''] = ids;
  const { matchTasks } = clientOf(world.bus(), filterMatchesOperations);
  const ask = async (filter: FilterToMatch) => (await matchTasks({ workspace_id: workspace, filter, ids })).ids;
  expect((await ask(filterOf('open'))).toSorted()).toEqual(ids.toSorted());
  const limited: FilterToMatch['caller'] = { kind: 'api_key', id: randomUUID(), list_ids: [list] };
  expect(await ask(filterOf('open', { caller: limited }))).toEqual([mine]);
  await api.updateTask({ id: mine, patch: { status: 'done' } }, call);
  expect(await ask(filterOf('open'))).toEqual([theirs]);
  expect(await ask(filterOf('status:done'))).toEqual([mine]);
  await api.deleteTask({ id: theirs }, call);
  expect(await ask(filterOf('open'))).toEqual([]);
});

const patch: fc.Arbitrary<TaskPatch> = fc.oneof(
  fc.record({ title: fc.constantFrom('Milk', 'Bread', 'Oat milk') }),
  fc.record({ description: fc.constantFrom(null, 'white bread', 'oat') }),
  fc.record({ status: fc.constantFrom('todo', 'in_progress', 'done', 'archived') }),
  fc.record({ priority: fc.constantFrom('low', 'high') }),
  fc.record({ tags: fc.subarray(['errand', 'home']) }),
  fc.constantFrom<TaskPatch>(
    { due_at: null, due_on: null },
    { due_at: null, due_on: '2026-05-02', timezone: 'Asia/Tokyo' },
    { due_on: null, due_at: '2026-05-02T20:00:00Z' },
    { timezone: 'America/New_York' },
    { starts_on: '2026-05-01', estimated_duration: 'PT2H' },
    { starts_on: null, estimated_duration: null },
  ),
) as fc.Arbitrary<TaskPatch>;

const FILTERS = [
  'open',
  'status:done',
  'status:archived | priority:high',
  'tag:errand & !tag:home',
  'tag:none',
  '"oat"',
  'title:milk & due:none',
  'due < 2026-05-02T18:00:00Z',
  'due:2026-05-02',
  'starts <= 2026-05-01 & estimate >= 1h',
  'completed:none',
  'completed >= 2026',
];

test('changes concern the filters that find the task before or after them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(patch, { minLength: 1, maxLength: 8 }), fc.boolean(), async (patches, isDeleted) => {
      const states: boolean[][] = [FILTERS.map(() => false)];
      const look = async (id: string) => states.push(await Promise.all(FILTERS.map((filter) => found(filter, id))));
      const { id, version } = await api.createTask({ title: 'Milk', list_id: list }, call);
      let last = version;
      await look(id);
      for (const one of patches) {
        const changed = await api.updateTask({ id, patch: one }, call);
        if (changed.version > last) await look(id);
        last = changed.version;
      }
      if (isDeleted) {
        await api.deleteTask({ id }, call);
        await look(id);
      }
      const events = await eventsOf(id);
      expect(events).toHaveLength(states.length - 1);
      const results = await matching.matchChanges(
        workspace,
        FILTERS.map((filter) => filterOf(filter)),
        events.toReversed(),
      );
      for (const [index, filter] of FILTERS.entries()) {
        const expected = events.flatMap((_, place) =>
          states[place]?.[index] || states[place + 1]?.[index] ? [events.length - 1 - place] : [],
        );
        const actual = results[index]?.matching ?? [];
        expect([filter, new Set(actual)]).toEqual([filter, new Set(expected)]);
      }
    }),
    { numRuns: 25 },
  );
});
