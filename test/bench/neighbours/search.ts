// `npm run bench:search`: what a search in a small workspace costs beside a large one, by index and as planned.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { uuidv7 } from 'uuidv7';
import { readPageRequest } from '@mono/contract';
import type { TaskQuery } from '../../../libs/tasks/contract/index.js';
import { TASK_ORDERINGS } from '../../../libs/tasks/src/find-tasks/task-order.js';
import { countStatement, pageStatement } from '../../../libs/tasks/src/find-tasks/task-statement.js';
import { tasksMigrations } from '../../../libs/tasks/src/persistence/tasks-migrations.js';
import { startTestPostgres } from '../../support/test-postgres.ts';
import { fillWorkspace } from './fill-workspace.ts';

const BIG_TASKS = Number(process.env['NEIGHBOUR_TASKS'] ?? 100_000);
const SMALL = { count: 10, tasks: 1_000 };

interface Plan {
  'Node Type': string;
  'Index Name'?: string;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: Plan[];
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const postgres = await startTestPostgres(await mkdtemp(join(tmpdir(), 'mono-bench-pg-')), ['shared_buffers=512MB']);
const client = new Client({ connectionString: postgres.url });
let source: DataSource | undefined;
try {
  source = await new DataSource({
    type: 'postgres',
    url: postgres.url,
    migrations: tasksMigrations,
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
  }).initialize();
  await client.connect();
  await client.query('CREATE SCHEMA tasks');
  await source.runMigrations();
  const small = Array.from({ length: SMALL.count }, () => uuidv7());
  const big = uuidv7();
  for (const workspaceId of small) await fillWorkspace(client, { workspaceId, tasks: SMALL.tasks });
  await client.query('VACUUM ANALYZE tasks.task');
  await tell('ten workspaces of 1,000', small[0] ?? '');
  const began = performance.now();
  await fillWorkspace(client, { workspaceId: big, tasks: BIG_TASKS });
  say(`filled ${BIG_TASKS} in ${((performance.now() - began) / 1_000).toFixed(0)} s`);
  await client.query('VACUUM ANALYZE tasks.task');
  await tell(`beside one of ${BIG_TASKS}: the small one`, small[0] ?? '');
  await tell('the large one', big);
  const sizes = await client.query<{ name: string; size: string }>(
    `SELECT relname AS name, pg_size_pretty(pg_relation_size(oid)) AS size FROM pg_class
     WHERE relnamespace = 'tasks'::regnamespace AND relname IN ('task', 'task_by_keys', 'task_by_words')`,
  );
  say(JSON.stringify(sizes.rows));
} finally {
  await source?.destroy();
  await client.end();
  await postgres.stop();
}

async function tell(what: string, workspaceId: string): Promise<void> {
  say(`\n${what}`);
  for (const q of ['t', 'ta', 'task', 'zzz', 'task 77']) {
    const query: TaskQuery = { q };
    const request = readPageRequest(query, ['instant', 'uuid'], { order_by: 'created_at', workspace_id: workspaceId });
    const statements = {
      page: pageStatement({ workspaceId }, query, TASK_ORDERINGS.created_at, request),
      count: countStatement({ workspaceId }, query),
    };
    for (const [name, { text, values }] of Object.entries(statements)) {
      const times: number[] = [];
      let plan: Plan | undefined;
      // As the use case sets them for its transaction.
      for (const setting of [
        'jit = off',
        "work_mem = '16MB'",
        `enable_indexscan = ${name === 'count' ? 'off' : 'on'}`,
      ]) {
        await client.query(`SET ${setting}`);
      }
      for (let run = 0; run < 3; run += 1) {
        const { rows } = await client.query<{ 'QUERY PLAN': { Plan: Plan; 'Execution Time': number }[] }>(
          `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
          values,
        );
        const [explained] = rows[0]?.['QUERY PLAN'] ?? [];
        plan = explained?.Plan;
        times.push(explained?.['Execution Time'] ?? Number.NaN);
      }
      const pages = (plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0);
      const nodes = flatten(plan).flatMap((node) => node['Index Name'] ?? []);
      say(
        `q=${q.padEnd(8)} ${name.padEnd(6)} ${Math.min(...times)
          .toFixed(1)
          .padStart(8)} ms ${String(pages).padStart(8)} pages  ${[...new Set(nodes)].join(', ')}`,
      );
    }
  }
}

function flatten(node: Plan | undefined): Plan[] {
  return node === undefined ? [] : [node, ...(node.Plans ?? []).flatMap(flatten)];
}
