// The log of changes of status as a reader walks through it: whole, in its order, and with what the tasks are or last were.
import { TransitionsController } from './transitions.controller.js';
import { MAX_PAGE_BYTES } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { Transition, TransitionPage, TransitionTask } from '../../contract/index.js';
import { occurrencesIn, recurrenceIn, revisionOf } from '../../testing/occurrences.js';
import {
  contextOf,
  createTasksWorld,
  insertList,
  insertTasks,
  taskSeed,
  type TasksWorld,
  type TasksOperations,
} from '../../testing/tasks-world.js';
import { EraseWorkspace } from '../lists/erase-workspace.js';

let world: TasksWorld;
let api: TasksOperations;
let workspace: string;
let list: string;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(async () => {
  workspace = uuidv7();
  list = await insertList(world.database, workspace);
});

async function walk(limit?: number, from?: string): Promise<TransitionPage[]> {
  const pages: TransitionPage[] = [];
  for (let after = from; ;) {
    const page = await world
      .transitions()
      .transitions({ ...(after !== undefined && { after }), ...(limit && { limit }) });
    pages.push(page);
    if (page.next === null) return pages;
    after = page.next;
  }
}

const itemsOf = (pages: readonly TransitionPage[]): Transition[] => pages.flatMap(({ items }) => items);

/** What the log told last of each task. */
const tasksOf = (pages: readonly TransitionPage[]): Map<string, TransitionTask> =>
  new Map(pages.flatMap(({ tasks }) => tasks).map((task) => [task.id, task]));

/** The table itself, in its order. */
function log(): Promise<Transition[]> {
  return world.database.query<Transition>(
    `SELECT workspace_id, task_id, version, from_status AS "from", to_status AS "to", occurred_at,
       json_build_object('kind', actor_kind, 'id', actor_id) AS actor, request_id
     FROM tasks.status_transition ORDER BY seq`,
  );
}

async function end(): Promise<string> {
  const [row] = await world.database.query<{ seq: string }>(
    'SELECT coalesce(max(seq), 0)::text AS seq FROM tasks.status_transition',
  );
  return row?.seq ?? '0';
}

async function create(given: object = {}): Promise<string> {
  return (await api.createTask({ title: 'Paint', list_id: list, ...given }, contextOf(workspace))).id;
}

const transitionsIn = async (workspaceId: string): Promise<Transition[]> =>
  (await log()).filter(({ workspace_id }) => workspace_id === workspaceId);

const KNOWN = { title: 'Paint', tags: ['home', 'ü"'], estimated_duration: 'PT2H' };

test('page by page the reader gets the whole log of all workspaces in its order, each task once on a page', async () => {
  for (let turn = 0; turn < 12; turn += 1) {
    const id = await create();
    await api.updateTask({ id, patch: { status: 'in_progress' } }, contextOf(workspace));
    if (turn % 2 === 0) await api.updateTask({ id, patch: { status: 'done', title: 'Painted' } }, contextOf(workspace));
    if (turn % 3 === 0) await api.deleteTask({ id }, contextOf(workspace));
    if (turn % 4 === 0) [workspace, list] = await anotherWorkspace();
  }
  const expected = await log();
  for (const limit of [1, 3, expected.length, undefined]) {
    const pages = await walk(limit);
    expect(itemsOf(pages)).toEqual(expected);
    for (const { items, tasks } of pages)
      expect(tasks.map(({ id }) => id)).toEqual([...new Set(items.map(({ task_id }) => task_id))]);
  }
  expect(await walk(expected.length)).toHaveLength(1);
});

async function anotherWorkspace(): Promise<[string, string]> {
  const id = uuidv7();
  return [id, await insertList(world.database, id)];
}

test('an item says from what to what, when, and by whom', async () => {
  const from = await end();
  const id = await create();
  const { updated_at } = await api.updateTask({ id, patch: { status: 'blocked' } }, contextOf(workspace));
  const common = {
    workspace_id: workspace,
    task_id: id,
    actor: { kind: 'api_key', id: 'key' },
    request_id: 'test',
    occurred_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown,
  };
  expect(itemsOf(await walk(undefined, from))).toEqual([
    { ...common, version: 1, from: null, to: 'todo' },
    { ...common, version: 2, from: 'todo', to: 'blocked', occurred_at: updated_at },
  ]);
});

test('a task is told as it stands now, also with its transition of long ago', async () => {
  const from = await end();
  const assignee = uuidv7();
  const id = await create(KNOWN);
  await api.updateTask({ id, patch: { title: 'Varnish', assignee_id: assignee } }, contextOf(workspace));
  const [page] = await walk(undefined, from);
  expect(page?.items).toHaveLength(1);
  expect(page?.tasks).toEqual([
    {
      id,
      workspace_id: workspace,
      version: 2,
      deleted: false,
      ...KNOWN,
      title: 'Varnish',
      list_id: list,
      assignee_id: assignee,
      template_id: null,
    },
  ]);
});

const gone = (id: string, version = 2): TransitionTask => ({
  id,
  workspace_id: workspace,
  version,
  deleted: true,
  ...KNOWN,
  list_id: list,
  assignee_id: null,
  template_id: null,
});

test.each<[way: string, remove: (id: string) => Promise<unknown>]>([
  ['alone', (id) => api.deleteTask({ id }, contextOf(workspace))],
  [
    'with its subtasks',
    async (id) => {
      await create({ parent_id: id });
      await api.deleteTask({ id }, contextOf(workspace));
    },
  ],
  [
    'as a subtask',
    async (id) => {
      const parent = await create();
      // The change of its parent is a version more.
      await api.updateTask({ id, patch: { parent_id: parent } }, contextOf(workspace));
      await api.deleteTask({ id: parent }, contextOf(workspace));
    },
  ],
  ['in a batch', (id) => api.batchTasks({ operations: [{ op: 'delete', id }] }, contextOf(workspace))],
  [
    'in a batch, one by one',
    (id) =>
      api.batchTasks(
        {
          mode: 'each',
          operations: [
            { op: 'delete', id: uuidv7() },
            { op: 'delete', id },
          ],
        },
        contextOf(workspace),
      ),
  ],
  ['with its list', () => api.deleteList({ id: list, tasks: 'delete' }, contextOf(workspace))],
])('a task that was deleted %s is told as it was last', async (way, remove) => {
  const from = await end();
  const id = await create(KNOWN);
  await remove(id);
  const version = way === 'as a subtask' ? 3 : 2;
  const pages = await walk(undefined, from);
  expect(tasksOf(pages).get(id)).toEqual(gone(id, version));
  expect(itemsOf(pages).filter(({ task_id, to }) => task_id === id && to === null)).toMatchObject([{ version }]);
});

test('an occurrence that recurrence removes, or that goes when its predecessor is reopened, is told as it was last', async () => {
  const from = await end();
  const occurrences = world.occurrences();
  const [one, two, three] = occurrencesIn(list, 3, { title: 'Water' });
  await occurrences.materialise(recurrenceIn(workspace), { occurrences: [one, two] as never });
  await occurrences.revise(recurrenceIn(workspace), { revisions: [revisionOf(one, null)] });
  const before = two?.task_id ?? '';
  await api.updateTask({ id: before, patch: { status: 'done' } }, contextOf(workspace));
  const follower = Object.assign({}, three, { successor_of: before });
  await occurrences.materialise(recurrenceIn(workspace), { occurrences: [follower] as never });
  await api.updateTask({ id: before, patch: { status: 'todo' } }, contextOf(workspace));
  const told = tasksOf(await walk(undefined, from));
  const facts = {
    deleted: true,
    version: 2,
    title: 'Water',
    list_id: list,
    template_id: one.template_id,
    tags: ['home'],
  };
  expect([told.get(one.task_id), told.get(follower.task_id ?? '')]).toMatchObject([facts, facts]);
  expect(told.get(before)).toMatchObject({ deleted: false, version: 3 });
});

test('of a task that was deleted by the release before nothing is known but that it has gone', async () => {
  const from = await end();
  const id = await create(KNOWN);
  await api.deleteTask({ id }, contextOf(workspace));
  await world.database.query('UPDATE tasks.status_transition SET last_facts = NULL WHERE task_id = $1', [id]);
  const nothing = {
    title: null,
    list_id: null,
    tags: null,
    assignee_id: null,
    template_id: null,
    estimated_duration: null,
  };
  expect(tasksOf(await walk(undefined, from)).get(id)).toEqual({ ...gone(id), ...nothing });
});

test('only a deletion keeps facts', async () => {
  const id = await create(KNOWN);
  await api.updateTask({ id, patch: { status: 'done' } }, contextOf(workspace));
  await api.deleteTask({ id }, contextOf(workspace));
  const rows = await world.database.query(
    'SELECT version FROM tasks.status_transition WHERE task_id = $1 AND last_facts IS NOT NULL',
    [id],
  );
  expect(rows).toEqual([{ version: 3 }]);
});

test('a workspace that is erased leaves nothing in the log, another one all', async () => {
  const kept = await create(KNOWN);
  const other = workspace;
  [workspace, list] = await anotherWorkspace();
  await api.deleteTask({ id: await create(KNOWN) }, contextOf(workspace));
  await create(KNOWN);
  expect(await transitionsIn(workspace)).toHaveLength(3);
  await world.node.get(EraseWorkspace).erase(workspace, 'end');
  expect(await transitionsIn(workspace)).toEqual([]);
  expect(await transitionsIn(other)).toMatchObject([{ task_id: kept }]);
});

test('while tasks are made and changed, the reader gets what was there, in its order and each once', async () => {
  const from = await end();
  await Promise.all(Array.from({ length: 10 }, () => create()));
  const there = (await transitionsIn(workspace)).map(keyOf);
  const writers = Array.from({ length: 4 }, async () => {
    for (let turn = 0; turn < 25; turn += 1)
      await api.updateTask({ id: await create(), patch: { status: 'in_progress' } }, contextOf(workspace));
  });
  const told = itemsOf(await walk(2, from)).map(keyOf);
  await Promise.all(writers);
  expect(new Set(told).size).toBe(told.length);
  expect(there.filter((key) => !told.includes(key))).toEqual([]);
  const order = new Map((await log()).map((item, index) => [keyOf(item), index]));
  expect(told.map((key) => order.get(key))).toEqual(
    told.map((key) => order.get(key)).toSorted((a = 0, b = 0) => a - b),
  );
});

const keyOf = ({ task_id, version }: Transition): string => `${task_id} ${version}`;

test('the tasks of a page are those of the moment at which its items were read', async () => {
  const from = await end();
  const ids = await Promise.all(Array.from({ length: 5 }, () => create()));
  const reading = new AbortController();
  const writer = (async () => {
    for (let turn = 0; !reading.signal.aborted; turn += 1) {
      const status = turn % 2 === 0 ? 'in_progress' : 'todo';
      await Promise.all(ids.map((id) => api.updateTask({ id, patch: { status } }, contextOf(workspace))));
    }
  })();
  const pages: TransitionPage[] = [];
  try {
    while (pages.length < 30) pages.push(await world.transitions().transitions({ after: from, limit: 5_000 }));
  } finally {
    reading.abort();
    await writer;
  }
  for (const { items, tasks } of pages) {
    // Each change is one of status: the last one of a task is that of its version.
    const last = new Map(items.map(({ task_id, version }) => [task_id, version]));
    expect(tasks.map(({ id, version }) => [id, version])).toEqual([...last]);
  }
});

test('a page of the largest tasks ends before 4 MiB, and goes on', async () => {
  const from = await end();
  // Of every 64 characters each takes six bytes of JSON.
  const tags = Array.from({ length: 25 }, (_, index) => `${'\u0001'.repeat(62)}${String(index).padStart(2, '0')}`);
  const seeds = Array.from({ length: 600 }, () =>
    taskSeed({ workspace_id: workspace, list_id: list, title: '\u0001'.repeat(255), title_key: uuidv7(), tags }),
  );
  await insertTasks(world.database, seeds);
  await world.database.query(
    `INSERT INTO tasks.status_transition (workspace_id, task_id, version, to_status, occurred_at, actor_kind, actor_id, request_id)
     SELECT workspace_id, id, 1, status, created_at, 'user', 'ada', 'test' FROM tasks.task WHERE workspace_id = $1 ORDER BY id`,
    [workspace],
  );
  const pages = await walk(5_000, from);
  expect(pages.length).toBeGreaterThan(1);
  for (const page of pages) expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThanOrEqual(MAX_PAGE_BYTES);
  expect(itemsOf(pages).map(({ task_id }) => task_id)).toEqual(seeds.map(({ id }) => id).toSorted());
  expect(tasksOf(pages).size).toBe(seeds.length);
});

interface Plan {
  'Node Type': string;
  'Actual Rows': number;
  Plans?: Plan[];
}

const flattened = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flattened)];

test('a page costs the same wherever it is in a long log', async () => {
  const from = BigInt(await end());
  const seeds = Array.from({ length: 2_000 }, () => taskSeed({ workspace_id: workspace, list_id: list }));
  await insertTasks(world.database, seeds);
  await world.database.query(
    `INSERT INTO tasks.status_transition (workspace_id, task_id, version, to_status, occurred_at, actor_kind, actor_id, request_id)
     SELECT t.workspace_id, t.id, v.version, t.status, t.created_at, 'user', 'ada', 'test'
     FROM tasks.task t CROSS JOIN generate_series(1, 10) AS v (version) WHERE t.workspace_id = $1`,
    [workspace],
  );
  const plans: Plan[] = [];
  const explained = new TransitionsController({
    query: async (text: string, values: readonly unknown[]) => {
      const [row] = await world.database.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
        `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
        values,
      );
      if (row) plans.push(...flattened(row['QUERY PLAN'][0].Plan));
      return [];
    },
  } as never);
  for (const passed of [0n, 10_000n, 19_000n]) await explained.transitions({ after: String(from + passed), limit: 20 });
  const scans = plans.filter((plan) => plan['Node Type'].includes('Scan'));
  expect(scans.map((plan) => plan['Node Type'])).not.toContain('Seq Scan');
  expect(Math.max(...scans.map((plan) => plan['Actual Rows']))).toBe(21);
});
