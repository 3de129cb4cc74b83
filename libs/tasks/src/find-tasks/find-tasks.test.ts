import * as fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import { TASK_ORDERS, TASK_PRIORITIES, TASK_STATUSES, type TaskPage } from '../../contract/index.js';
import { FindTasks } from './find-tasks.js';
import { expectedIds } from '../../testing/task-oracle.js';
import {
  contextOf,
  createTasksWorld,
  insertList,
  insertTasks,
  taskSeed,
  type Query,
  type TaskSeed,
  type TasksWorld,
} from '../../testing/tasks-world.js';

const WORKSPACES = ['0198b6c2-0000-7000-8000-000000000001', '0198b6c2-0000-7000-8000-000000000002'] as const;
const [WORKSPACE] = WORKSPACES;
const people = [uuidv7(), uuidv7()];
const templates = [uuidv7(), uuidv7()];
const WORDS = ['milk', 'buy', 'Äpfel', 'bread', 'breadcrumbs', 'Übung', 'test'];
const TAGS = ['errand', 'home', 'Work', 'ärger'];
const instants = Array.from({ length: 8 }, (_, day) => `2026-03-0${day + 1}T10:00:00.${day}05Z`);

let world: TasksWorld;
let find: FindTasks;
let tasks: TaskSeed[];
let lists: string[];

beforeAll(async () => {
  world = await createTasksWorld();
  find = new FindTasks(world.database);
  lists = [];
  tasks = [];
  const random = fc.sample(anySeed(), { numRuns: 240, seed: 4711 });
  for (const workspace of WORKSPACES)
    lists.push(await insertList(world.database, workspace), await insertList(world.database, workspace));
  random.forEach((given, index) => {
    const second = index % 4 === 3;
    const list_id = lists[(second ? 2 : 0) + (index % 2)] ?? '';
    const parent = index % 5 === 4 ? (tasks[Math.floor(index / 2)]?.id ?? null) : null;
    tasks.push(taskSeed({ ...given, workspace_id: WORKSPACES[second ? 1 : 0], list_id, parent_id: parent }));
  });
  await insertTasks(world.database, tasks);
  await world.database.query('ANALYZE tasks.task');
});
afterAll(() => world.end());

function optional<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.option(value, { nil: null });
}

function subset<T>(values: readonly T[]): fc.Arbitrary<T[]> {
  return fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 4 });
}

function anySeed(): fc.Arbitrary<Partial<TaskSeed>> {
  const instant = fc.constantFrom(...instants);
  return fc.record({
    id: fc.nat().map(() => uuidv7()),
    title: fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 3 }).map((words) => words.join(' ')),
    description: optional(fc.constantFrom(...WORDS)),
    status: fc.constantFrom(...TASK_STATUSES),
    priority: fc.constantFrom(...TASK_PRIORITIES),
    tags: fc.uniqueArray(fc.constantFrom(...TAGS), { maxLength: 3 }),
    assignee_id: optional(fc.constantFrom(...people)),
    template_id: optional(fc.constantFrom(...templates)),
    position: fc.constantFrom('a', 'B', 'b', 'aa', 'Z'),
    due_instant: optional(instant),
    completed_at: optional(instant),
    created_at: instant,
    updated_at: instant,
  });
}

function anyQuery(): fc.Arbitrary<Query> {
  const instant = fc.constantFrom(...instants, '2026-03-04t12:00:00+02:00', '2026-03-03T10:00:00.2049Z');
  return fc
    .record(
      {
        list_id: fc.constantFrom(0, 1, 2).map((index) => lists[index] ?? ''),
        status: subset(TASK_STATUSES),
        priority: subset(TASK_PRIORITIES),
        tag: subset(TAGS),
        tag_mode: fc.constantFrom('all', 'any'),
        assignee_id: fc.constantFrom(...people),
        parent_id: fc.nat(59).map((index) => tasks[index * 2]?.id ?? ''),
        template_id: fc.constantFrom(...templates),
        due_before: instant,
        due_after: instant,
        created_before: instant,
        created_after: instant,
        updated_after: instant,
        completed_before: instant,
        completed_after: instant,
        q: fc.constantFrom('bread', 'buy mil', 'ÄPF', 'home bread', 'übung t', 'nothing'),
        order_by: fc.constantFrom(...TASK_ORDERS),
        order_dir: fc.constantFrom('asc', 'desc'),
      },
      { requiredKeys: [] },
    )
    .chain((query) => {
      // All filters at once match nothing: keep a few.
      const filters = Object.keys(query).filter((name) => !name.startsWith('order_'));
      return fc
        .subarray(filters, { maxLength: Math.min(3, filters.length) })
        .map((kept) =>
          Object.fromEntries(
            Object.entries(query).filter(([name]) => name.startsWith('order_') || kept.includes(name)),
          ),
        );
    }) as fc.Arbitrary<Query>;
}

async function walk(query: Query, workspaceId: string = WORKSPACE): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: TaskPage = await find.findTasks(contextOf(workspaceId), cursor === null ? query : { ...query, cursor });
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.page.next_cursor;
    if (cursor !== null && page.items.length !== query.limit)
      throw new Error('A page that is not the last is not full.');
  } while (cursor !== null);
  return ids;
}

describe('findTasks against a naive oracle', () => {
  const combinations = TASK_ORDERS.flatMap((order_by) =>
    (['asc', 'desc'] as const).map((order_dir) => ({ order_by, order_dir })),
  );

  test.each(combinations)('walks $order_by $order_dir exactly, of the workspace and of a list', async (order) => {
    for (const limit of [1, 7, 25, 200]) {
      expect(await walk({ ...order, limit })).toEqual(expectedIds(tasks, WORKSPACE, order));
      const ofList = { ...order, list_id: lists[1] ?? '' };
      expect(await walk({ ...ofList, limit })).toEqual(expectedIds(tasks, WORKSPACE, ofList));
    }
  });

  test.each<Query>([
    { status: ['archived'] },
    { status: ['todo', 'cancelled'] },
    { priority: ['urgent', 'low'] },
    { tag: ['errand', 'home'] },
    { tag: ['errand', 'ärger'], tag_mode: 'any' },
    { assignee_id: people[0] ?? '' },
    { template_id: templates[0] ?? '' },
    { due_before: '2026-03-04T10:00:00.305Z' },
    { due_after: '2026-03-04T10:00:00.305Z', order_by: 'due_at', order_dir: 'desc' },
    { created_before: '2026-03-04T10:00:00.305Z' },
    { created_after: '2026-03-04T10:00:00.305Z' },
    { updated_after: '2026-03-04T10:00:00.305Z' },
    { completed_before: '2026-03-04T10:00:00.305Z' },
    { completed_after: '2026-03-04T10:00:00.305Z' },
    { q: 'bread' },
    { q: 'Buy MIL' },
  ])('filters by %j alone', async (query) => {
    const expected = expectedIds(tasks, WORKSPACE, query);
    expect(expected.length).toBeGreaterThan(0);
    expect(await walk({ ...query, limit: 9 })).toEqual(expected);
  });

  test('filters by parent', async () => {
    const parents = [...new Set(tasks.flatMap(({ parent_id }) => (parent_id === null ? [] : [parent_id])))];
    for (const parent_id of parents.slice(0, 20)) {
      expect(await walk({ parent_id, limit: 9 })).toEqual(expectedIds(tasks, WORKSPACE, { parent_id }));
    }
  });

  test('any combination, order, page size and offset', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyQuery(),
        fc.integer({ min: 1, max: 80 }),
        fc.nat(150),
        fc.constantFrom(...WORKSPACES),
        async (query, limit, offset, workspace) => {
          const expected = expectedIds(tasks, workspace, query);
          expect(await walk({ ...query, limit }, workspace)).toEqual(expected);
          const page = await find.findTasks(contextOf(workspace), { ...query, limit, offset, count: 'exact' });
          expect(page.items.map(({ id }) => id)).toEqual(expected.slice(offset, offset + limit));
          expect(page.page.total).toBe(expected.length);
          expect(page.page.next_cursor === null).toBe(offset + limit >= expected.length);
        },
      ),
      { numRuns: 250 },
    );
  });
});

describe('a page', () => {
  test('shows a task as the API describes it', async () => {
    const workspace_id = uuidv7();
    const list_id = await insertList(world.database, workspace_id);
    const seed = taskSeed({ workspace_id, list_id, due_instant: '2026-03-01T10:00:00.105Z' });
    await insertTasks(world.database, [seed]);
    await world.database.query(
      `UPDATE tasks.task SET starts_on = '2026-03-01', estimated_duration = 'PT1H' WHERE id = $1`,
      [seed.id],
    );
    const { items, page } = await find.findTasks(contextOf(workspace_id), {});
    expect(page).toEqual({ limit: 25, next_cursor: null, total: null });
    expect(items).toEqual([
      {
        id: seed.id,
        list_id,
        parent_id: null,
        title: 'Task',
        description: null,
        status: 'todo',
        priority: 'medium',
        tags: [],
        assignee_id: null,
        blocked_by_open: 0,
        subtask_counts: { open: 0, done: 0 },
        position: seed.position,
        due_at: '2026-03-01T10:00:00.105Z',
        due_on: null,
        starts_on: '2026-03-01',
        timezone: null,
        estimated_duration: 'PT1H',
        actual_duration: null,
        actual_duration_version: 0,
        template_id: null,
        series_id: null,
        original_start: null,
        completed_at: null,
        version: 1,
        created_at: '2026-01-01T00:00:00.000Z',
        updated_at: '2026-01-01T00:00:00.000Z',
      },
    ]);
  });

  test('ends before 4 MiB of JSON, and the walk still finds every task once', async () => {
    const workspace_id = uuidv7();
    const list_id = await insertList(world.database, workspace_id);
    const plain = Array.from({ length: 150 }, () =>
      taskSeed({ workspace_id, list_id, description: 'x'.repeat(64 * 1024) }),
    );
    const escaped = Array.from({ length: 30 }, () =>
      taskSeed({ workspace_id, list_id, description: '"'.repeat(64 * 1024) }),
    );
    await insertTasks(world.database, [...plain, ...escaped]);
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page: TaskPage = await find.findTasks(contextOf(workspace_id), {
        limit: 500,
        ...(cursor ? { cursor } : {}),
      });
      expect(Buffer.byteLength(JSON.stringify(page.items))).toBeLessThan(4 * 1024 * 1024 + 1024);
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    expect(ids).toEqual([...plain, ...escaped].map(({ id }) => id));
  });

  test('a long title still gives a cursor that works', async () => {
    const workspace_id = uuidv7();
    const list_id = await insertList(world.database, workspace_id);
    const seeds = ['ΐ'.repeat(255), '😀'.repeat(255), '"'.repeat(255)].map((title) =>
      taskSeed({ workspace_id, list_id, title }),
    );
    await insertTasks(world.database, seeds);
    const walked = await (async () => walk({ order_by: 'title', limit: 1 }, workspace_id))();
    expect(walked.toSorted()).toEqual(seeds.map(({ id }) => id).toSorted());
  });

  test('of a list that is not there, or in another workspace, is refused; an empty one is empty', async () => {
    const { database } = world;
    const empty = await insertList(database, WORKSPACE);
    expect((await find.findTasksOfList(contextOf(WORKSPACE), empty, {})).items).toEqual([]);
    const inList = await find.findTasksOfList(contextOf(WORKSPACE), lists[0] ?? '', { limit: 500 });
    expect(inList.items.map(({ id }) => id)).toEqual(
      expectedIds(tasks, WORKSPACE, { list_id: lists[0] ?? '', order_by: 'position' }),
    );
    for (const id of [uuidv7(), lists[2] ?? '']) {
      await expect(find.findTasksOfList(contextOf(WORKSPACE), id, {})).rejects.toMatchObject({
        code: 'list_not_found',
      });
    }
  });
});

async function cursorOf(query: Query): Promise<string> {
  const { page } = await find.findTasks(contextOf(WORKSPACE), { ...query, limit: 2 });
  return page.next_cursor ?? '';
}

describe('a cursor', () => {
  const refused = { code: 'validation_error', details: [{ field: 'cursor', issue: expect.any(String) as string }] };

  test('is refused for another workspace, filter, order or direction', async () => {
    const cursor = await cursorOf({ priority: ['low', 'high'] });
    const same: Query = { priority: ['low', 'high'], cursor };
    await expect(find.findTasks(contextOf(WORKSPACE), same)).resolves.toBeDefined();
    await expect(find.findTasks(contextOf(WORKSPACES[1]), same)).rejects.toMatchObject(refused);
    for (const other of [
      { cursor },
      { ...same, q: 'x' },
      { ...same, order_dir: 'desc' as const },
      { ...same, order_by: 'updated_at' as const },
    ]) {
      await expect(find.findTasks(contextOf(WORKSPACE), other)).rejects.toMatchObject(refused);
    }
  });

  test('that was tampered with is refused, or at most finds other tasks: never an error of the database', async () => {
    const hostile = [null, 'x', '\u0000', 99, -1, 1.5, true, '2026-01-01T00:00:00Z', '10000-01-01T00:00:00Z'];
    for (const order_by of TASK_ORDERS) {
      const parts = JSON.parse(Buffer.from(await cursorOf({ order_by }), 'base64url').toString()) as unknown[];
      for (const value of hostile) {
        for (const place of [2, 3]) {
          const cursor = Buffer.from(JSON.stringify(parts.with(place, value))).toString('base64url');
          const outcome = await find
            .findTasks(contextOf(WORKSPACE), { order_by, cursor })
            .catch((error: unknown) => error);
          expect(outcome instanceof Error ? outcome : refused).toMatchObject(refused);
        }
      }
    }
    await expect(find.findTasks(contextOf(WORKSPACE), { cursor: 'nonsense' })).rejects.toMatchObject(refused);
  });

  test('together with an offset is refused', async () => {
    const cursor = await cursorOf({});
    await expect(find.findTasks(contextOf(WORKSPACE), { cursor, offset: 1 })).rejects.toMatchObject({
      code: 'validation_error',
    });
  });
});

test('a query that no index serves ends at the time limit with an error that says what to do', async () => {
  const hasty = Object.assign(new FindTasks(world.database), { timeLimitMs: 1 });
  await world.database.query(
    `INSERT INTO tasks.task (id, workspace_id, list_id, title, title_key, status, priority, position, created_at, updated_at)
     SELECT gen_random_uuid(), $1, $2, 'many ' || n, 'many', 'todo', 'low', '', now(), now() FROM generate_series(1, 20000) n`,
    [WORKSPACES[1], lists[2] ?? ''],
  );
  const outcome = hasty.findTasks(contextOf(WORKSPACES[1]), {
    q: 'm',
    count: 'exact',
    order_by: 'title',
    offset: 10_000,
  });
  await expect(outcome).rejects.toMatchObject({ code: 'query_too_expensive', kind: 'invalid' });
  // The limit ends with its transaction: the pool's connections are as they were.
  expect(await world.database.query('SHOW statement_timeout')).toEqual([{ statement_timeout: '0' }]);
});
