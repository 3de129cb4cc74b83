// Reads the plans of the benchmark's named queries: along an index, without a sort of the workspace, and with a bounded
// number of rows read. Times are the benchmark's matter; this holds on any machine.
import { readPageRequest } from '@mono/contract';
import { Database } from '@mono/platform';
import { createTasksWorld, type TasksWorld } from '../../../libs/tasks/testing/tasks-world.js';
import { TASK_ORDERINGS } from '../../../libs/tasks/src/find-tasks/task-order.js';
import { pageStatement, type TaskStatement } from '../../../libs/tasks/src/find-tasks/task-statement.js';
import { FindTasks } from '../../../libs/tasks/src/find-tasks/find-tasks.js';
import { contextOf } from '../../../libs/tasks/testing/tasks-world.js';
import { BIG, BIG_LIST, fill } from './fill.ts';
import { NAMED, type Question } from './queries.ts';

const SIZE = 40_000;
/** A page of 25, and what the filters pass over on the way: an urgent task is one in twenty. */
const MAX_ROWS_READ = 1_500;

interface Explained {
  'QUERY PLAN': { Plan: PlanNode }[];
}

interface PlanNode {
  'Node Type': string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: PlanNode[];
}

let world: TasksWorld;
let database: Database;

beforeAll(async () => {
  world = await createTasksWorld();
  database = world.database;
  await fill(database, SIZE);
}, 300_000);
afterAll(() => world.end());

function statementOf(question: Question): TaskStatement {
  const order = question.order_by ?? 'created_at';
  const ordering = TASK_ORDERINGS[order];
  const scope = { order_by: order, workspace_id: BIG };
  return pageStatement(
    { workspaceId: BIG },
    question,
    ordering,
    readPageRequest(question, [ordering.kind, 'uuid'], scope),
  );
}

/** With `generic`, the plan that a prepared statement keeps for all values. */
async function planOf({ text, values }: TaskStatement, generic = false): Promise<PlanNode[]> {
  return database.transaction(async (transaction) => {
    await transaction.query(
      `SELECT set_config('plan_cache_mode', '${generic ? 'force_generic_plan' : 'force_custom_plan'}', true)`,
    );
    const explain = 'EXPLAIN (ANALYZE, FORMAT JSON)';
    if (!generic) return flattened(await transaction.query<Explained>(`${explain} ${text}`, values));
    // EXPLAIN itself is never planned generically; what it executes is.
    await transaction.query(`PREPARE page AS ${text}`);
    try {
      const literals = values.map((value) => `'${String(value)}'`).join(', ');
      return flattened(await transaction.query<Explained>(`${explain} EXECUTE page (${literals})`));
    } finally {
      await transaction.query('DEALLOCATE page');
    }
  });
}

function flattened(rows: readonly Explained[]): PlanNode[] {
  return flatten(rows[0]?.['QUERY PLAN'][0]?.Plan);
}

function flatten(node: PlanNode | undefined): PlanNode[] {
  return node === undefined ? [] : [node, ...(node.Plans ?? []).flatMap(flatten)];
}

function rowsRead(nodes: readonly PlanNode[]): number {
  const scans = nodes.filter((node) => node['Node Type'].endsWith('Scan') && node['Node Type'] !== 'CTE Scan');
  const perLoop = (node: PlanNode) =>
    node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  return scans.reduce((sum, node) => sum + perLoop(node) * node['Actual Loops'], 0);
}

function expectBounded(nodes: readonly PlanNode[]): void {
  expect(nodes.some((node) => node['Index Name'] !== undefined)).toBe(true);
  expect(rowsRead(nodes)).toBeLessThanOrEqual(MAX_ROWS_READ);
}

test.each([...NAMED])('%s reads a bounded number of rows along an index', async (_name, question) => {
  const nodes = await planOf(statementOf(question));
  expectBounded(nodes);
  // The search for the next occurrences is planned, but does not run where no page meets upcoming ones.
  const run = nodes.filter((node) => node['Actual Loops'] > 0);
  expect(run.map((node) => node['Node Type'])).not.toContain('Seq Scan');
});

const prepared = [...NAMED].filter(([, question]) => statementOf(question).name !== undefined);

test.each(prepared)('%s, prepared: its generic plan does so without any sort', async (_name, question) => {
  const nodes = await planOf(statementOf(question), true);
  expectBounded(nodes);
  // Only what is put together from two parts is sorted: a page's few rows.
  const sorted = nodes.filter((node) => node['Node Type'].includes('Sort'));
  for (const node of sorted) expect(node['Actual Rows']).toBeLessThanOrEqual(26);
  expect(rowsRead(nodes)).toBeLessThanOrEqual(2 * 26);
});

test.each([...NAMED].filter(([name]) => /^(?:workspace|large list) by/.test(name)))(
  '%s: the page at any depth, too',
  async (_name, question) => {
    const find = new FindTasks(database);
    let cursor = '';
    for (const limit of [500, 100, 25]) {
      const { page } = await find.findTasks(contextOf(BIG), { ...question, limit, ...(cursor ? { cursor } : {}) });
      cursor = page.next_cursor ?? cursor;
    }
    const statement = statementOf({ ...question, cursor });
    for (const generic of [false, true]) {
      const nodes = await planOf(statement, generic);
      expectBounded(nodes);
      expect(rowsRead(nodes)).toBeLessThanOrEqual(2 * 26);
    }
  },
);

test("a list's counts come from the index alone", async () => {
  const nodes = await planOf({
    text: `SELECT count(*), count(*) FILTER (WHERE status IN ('todo', 'in_progress', 'blocked')) FROM tasks.task WHERE list_id = $1`,
    values: [BIG_LIST],
    bounded: true,
  });
  expect(nodes.at(-1)).toMatchObject({ 'Node Type': 'Index Only Scan', 'Index Name': 'task_by_list' });
});

test('what is due soon is found by its own index', async () => {
  const nodes = await planOf({
    text: `SELECT id FROM tasks.task WHERE due_instant > $1 AND due_instant <= $1::timestamptz + interval '1 hour'
      AND due_soon_for IS DISTINCT FROM due_instant AND status IN ('todo', 'in_progress', 'blocked') ORDER BY due_instant LIMIT 100`,
    values: ['2026-03-01T00:00:00Z'],
    bounded: true,
  });
  expect(nodes.at(-1)).toMatchObject({ 'Node Type': 'Index Scan', 'Index Name': 'task_due_soon' });
});
