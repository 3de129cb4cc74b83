// Two workspaces on one database: what one of them asks for does not keep the other from its own.
import { uuidv7 } from 'uuidv7';
import { until } from '../../../../test/support/until.ts';
import { readPageRequest } from '@mono/contract';
import type { TaskQuery } from '../../contract/index.js';
import {
  contextOf,
  createTasksWorld,
  insertList,
  insertTasks,
  taskSeed,
  type TasksWorld,
} from '../../testing/tasks-world.js';
import { TASK_ORDERINGS } from './task-order.js';
import { countStatement, pageStatement } from './task-statement.js';

/** So many at once as a pool has connections, several times over. */
const SEARCHES = 40;

let world: TasksWorld;

beforeAll(async () => {
  world = await createTasksWorld();
});
afterAll(() => world?.end());

test('a neighbour reads, searches and counts while all searches of a busy workspace hang', async () => {
  const tasks = world.useCases();
  const quiet = uuidv7();
  const list = await insertList(world.database, quiet);
  await insertTasks(world.database, [taskSeed({ workspace_id: quiet, list_id: list, title: 'Quiet' })]);
  // Every search for this word hangs until its caller goes.
  await world.database.query(`ALTER FUNCTION tasks.search_query_within RENAME TO search_query_as_it_was`);
  await world.database.query(
    `CREATE FUNCTION tasks.search_query_within(workspace uuid, q text) RETURNS tsquery LANGUAGE plpgsql IMMUTABLE AS $$
     BEGIN
       IF q = 'hang' THEN PERFORM pg_sleep(3600); END IF;
       RETURN tasks.search_query_as_it_was(workspace, q);
     END $$`,
  );
  const { signal, abort } = abortable();
  const busy = { ...contextOf(uuidv7()), signal };
  const searches = Array.from({ length: SEARCHES }, () => tasks.findTasks({ q: 'hang', count: 'exact' }, busy));
  const settled = Promise.allSettled(searches);
  const counts = (): { running: number; waiting: number } | undefined => world.database.shareCounts.get('search');
  await until(
    'one search runs, and the others wait',
    () => counts()?.running === 1 && counts()?.waiting === SEARCHES - 1,
  );
  for (const query of [{}, { q: 'qui' }, { count: 'exact' as const }, { q: 'quiet', count: 'exact' as const }]) {
    expect((await tasks.findTasks(query, contextOf(quiet))).items).toHaveLength(1);
  }
  abort();
  const codes = (await settled).map((one) => one.status === 'rejected' && (one.reason as { code: string }).code);
  expect(new Set(codes)).toEqual(new Set(['deadline_exceeded']));
  await until('the database works on none of them', async () => {
    const rows = await world.database.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()`,
    );
    return rows.length === 0;
  });
});

interface Explained {
  'QUERY PLAN': { Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number } }[];
}

/** Pages that the statements of a search touch: the same however busy the machine is. */
async function pagesOf(workspaceId: string, query: TaskQuery): Promise<number> {
  const request = readPageRequest(query, ['instant', 'uuid'], {});
  const page = pageStatement({ workspaceId }, query, TASK_ORDERINGS.created_at, request);
  let pages = 0;
  for (const { text, values } of [page, countStatement({ workspaceId }, query)]) {
    const [row] = await world.database.query<Explained>(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`, values);
    const { 'Shared Hit Blocks': hit = 0, 'Shared Read Blocks': read = 0 } = row?.['QUERY PLAN'][0]?.Plan ?? {};
    pages += hit + read;
  }
  return pages;
}

async function fill(workspace_id: string, tasks: number): Promise<void> {
  const list_id = await insertList(world.database, workspace_id);
  const seeds = Array.from({ length: tasks }, (_, index) =>
    taskSeed({ workspace_id, list_id, title: `Task t${index} of tea`, tags: ['tag', `tag${index % 50}`] }),
  );
  await insertTasks(world.database, seeds);
  await world.database.query('VACUUM ANALYZE tasks.task');
}

test('what a search reads does not grow with the words and tags of others', async () => {
  const [small, large] = [uuidv7(), uuidv7()];
  const queries: TaskQuery[] = [
    { q: 't' },
    { q: 'tea' },
    { q: 'task t1' },
    { tag: ['tag'] },
    { tag: ['tag7'], q: 'te' },
  ];
  const read = async (): Promise<number[]> => {
    const pages: number[] = [];
    for (const query of queries) pages.push(await pagesOf(small, query));
    return pages;
  };
  await fill(small, 100);
  const before = await read();
  await fill(large, 10_000);
  const after = await read();
  // Deeper trees, another plan; the large workspace's words alone fill hundreds of pages.
  for (const [index, pages] of after.entries()) expect(pages).toBeLessThan(2 * (before[index] ?? 0) + 50);
});

function abortable(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

test.each(['created_at', 'due_at', 'title'] as const)(
  'a page far down by %s fetches no more than it shows',
  async (order_by) => {
    const workspace = uuidv7();
    await fill(workspace, 30);
    const query: TaskQuery = { offset: 20, limit: 5, order_by };
    const request = readPageRequest(query, ['instant', 'uuid'], {});
    const { text, values } = pageStatement({ workspaceId: workspace }, query, TASK_ORDERINGS[order_by], request);
    const rows = await world.database.query<{ id: string }>(text, values);
    const all = await world.useCases().findTasks({ order_by, limit: 100 }, contextOf(workspace));
    expect(rows.map(({ id }) => id)).toEqual(all.items.slice(20, 26).map(({ id }) => id));
  },
);
