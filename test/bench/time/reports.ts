// The effect of the size of tables on reports: the same month of a workspace of the same size, in tables of 10 k, 100 k and 1 M
// tasks with ten transitions each. BENCH_SIZES=10000,100000 takes other sizes.
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { CallContext } from '@mono/contract';
import { migrate, openDatabase, type Database, type SharingExecutor } from '@mono/platform';
import { HistoryController } from '../../../libs/time-tracking/src/history/history.controller.js';
import { timeTrackingMigrations } from '../../../libs/time-tracking/src/persistence/time-tracking-migrations.js';
import { Names } from '../../../libs/time-tracking/src/reports/names.js';
import { ReportLimits, ReportsController } from '../../../libs/time-tracking/src/reports/reports.controller.js';
import { startTestPostgres, type TestPostgres } from '../../support/test-postgres.ts';
import { CountingPages } from './counting-pages.ts';
import { fill, workspaceId, workspacesOf } from './fill.ts';

const SIZES = (process.env['BENCH_SIZES'] ?? '10000,100000,1000000').split(',').map(Number);
const RUNS = 15;
const HISTORY_RUNS = 200;
const MODULE = 'time_tracking';
/** A server without durability, used by the benchmark only. */
const SETTINGS = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'wal_level=minimal',
  'max_wal_senders=0',
  'max_wal_size=8GB',
  'shared_buffers=1GB',
];
/** Other modules are not part of it. */
const NAMELESS = new Names(
  { names: () => Promise.resolve(new Map()) },
  { listTitles: ({ list_ids: ids }) => Promise.resolve({ titles: ids.map(() => null) }) },
);
const TABLES = ['task', 'transition', 'span', 'entry'];
/** The module's tables contain all that is needed of these tasks. */
const nobody = { getTask: () => Promise.reject(new Error('Unexpected request.')) };
const tz = 'Europe/Berlin';
const context: CallContext = {
  principal: { kind: 'api_key', id: 'bench', workspaceId: workspaceId(0), scopes: ['*'] },
  requestId: 'bench',
};

interface Figures {
  medianMs: number;
  bestMs: number;
  /** Pages of 8 KiB that its statements touch, counted per access. */
  pages: number;
  /** The number of covered spans or tasks. */
  covers: number;
}

export interface ReportsAtSize {
  tasks: number;
  workspaces: number;
  fillSeconds: number;
  tables: { name: string; rows: number; tableMiB: number; indexMiB: number }[];
  figures: Record<string, Figures>;
}

const UNKNOWN: Figures = { medianMs: NaN, bestMs: NaN, pages: NaN, covers: NaN };

const say = (line: string): void => void process.stdout.write(`${line}\n`);

export async function benchReports(): Promise<ReportsAtSize[]> {
  const directory = await mkdtemp(join(tmpdir(), 'mono-bench-time-'));
  let server: TestPostgres | undefined;
  try {
    server = await startTestPostgres(directory, SETTINGS);
    const results: ReportsAtSize[] = [];
    for (const size of SIZES) results.push(await benchmark(server, size));
    report(results);
    return results;
  } finally {
    await server?.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function benchmark(server: TestPostgres, tasks: number): Promise<ReportsAtSize> {
  const database = await openEmpty(server);
  try {
    const began = performance.now();
    await fill(database, tasks);
    await database.query(`CHECKPOINT`);
    for (const table of TABLES) await database.query(`VACUUM ANALYZE time_tracking.${table}`);
    const fillSeconds = (performance.now() - began) / 1_000;
    say(`${tasks} tasks filled in ${fillSeconds.toFixed(0)} s, load ${loadavg()[0]?.toFixed(1)}`);
    const tables = await sizesOf(database);
    return { tasks, workspaces: workspacesOf(tasks), fillSeconds, tables, figures: await measureAll(database) };
  } finally {
    await database.query('DROP SCHEMA time_tracking CASCADE');
    await database.dataSource.destroy();
  }
}

async function openEmpty(server: TestPostgres): Promise<Database> {
  const pool = { poolSize: 2, statementTimeoutMs: 600_000, migrations: timeTrackingMigrations };
  const database = await openDatabase({ module: MODULE, url: server.url, ...pool });
  await migrate(database, MODULE);
  return database;
}

async function sizesOf(database: Database): Promise<ReportsAtSize['tables']> {
  const sizes = TABLES.map(
    (name) => `SELECT '${name}' AS name, (SELECT count(*) FROM time_tracking.${name})::float8 AS rows,
      pg_relation_size('time_tracking.${name}') / 1048576.0::float8 AS "tableMiB", pg_indexes_size('time_tracking.${name}') / 1048576.0::float8 AS "indexMiB"`,
  );
  return database.query(sizes.join(' UNION ALL '));
}

type Question = (on: SharingExecutor) => Promise<number>;

const during =
  (from: string, to: string, ...groups: ('list' | 'day' | 'tag')[]): Question =>
  async (on) => {
    const { total } = await new ReportsController(on, new ReportLimits(), NAMELESS).report(
      { from, to, tz, group_by: groups },
      context,
    );
    return total.spans;
  };

const QUESTIONS: Readonly<Record<string, Question>> = {
  'a week by list': during('2026-03-02', '2026-03-09', 'list'),
  'a month by list': during('2026-03-01', '2026-04-01', 'list'),
  'a month by day and list': during('2026-03-01', '2026-04-01', 'day', 'list'),
  'a month by tag': during('2026-03-01', '2026-04-01', 'tag'),
  'a quarter by list': during('2026-01-01', '2026-04-01', 'list'),
  'a year by list': during('2025-04-01', '2026-04-01', 'list'),
  'flow of a quarter': async (on) => {
    const { completed } = await new ReportsController(on, new ReportLimits(), NAMELESS).flow(
      { from: '2026-01-01', to: '2026-04-01', tz },
      context,
    );
    return completed;
  },
};

async function measureAll(database: Database): Promise<Record<string, Figures>> {
  const figures: Record<string, Figures> = {};
  for (const [name, question] of Object.entries(QUESTIONS)) figures[name] = await measure(RUNS, database, question);
  figures['history of one task'] = await measure(HISTORY_RUNS, database, await historyOfTasks(database));
  return figures;
}

/** The history of another task each time. */
async function historyOfTasks(database: Database): Promise<Question> {
  const tasks = await database.query<{ task_id: string }>(
    'SELECT task_id FROM time_tracking.task WHERE workspace_id = $1 ORDER BY md5(task_id::text) LIMIT $2',
    [workspaceId(0), HISTORY_RUNS],
  );
  let next = 0;
  return async (on) => {
    const { task_id: id = '' } = tasks[next % tasks.length] ?? {};
    next += 1;
    return (await new HistoryController(on, nobody, NAMELESS).taskHistory({ id }, context)).items.length;
  };
}

/** Measures with a warm cache. */
async function measure(runs: number, database: Database, question: Question): Promise<Figures> {
  const counting = new CountingPages(database);
  const covers = await question(counting);
  for (let run = 0; run < Math.ceil(runs / 5); run += 1) await question(database);
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const began = performance.now();
    await question(database);
    times.push(performance.now() - began);
  }
  times.sort((one, other) => one - other);
  const [bestMs = Number.NaN] = times;
  return { medianMs: times[Math.floor(runs / 2)] ?? Number.NaN, bestMs, pages: counting.pages, covers };
}

function report(results: readonly ReportsAtSize[]): void {
  for (const { tasks, workspaces, tables } of results) {
    say(`\n${tasks} tasks in ${workspaces} workspaces`);
    for (const { name, rows, tableMiB, indexMiB } of tables)
      say(
        `  ${name.padEnd(12)}${String(rows).padStart(10)} rows ${tableMiB.toFixed(0).padStart(6)} MiB, indexes ${indexMiB.toFixed(0).padStart(6)} MiB`,
      );
  }
  say(
    `\nmedian ms (best ms; pages touched; spans, tasks or transitions covered) at ${results.map(({ tasks }) => tasks).join(', ')} tasks, load ${loadavg()[0]?.toFixed(1)}`,
  );
  for (const name of Object.keys(results[0]?.figures ?? {})) {
    const cells = results.map(({ figures }) => {
      const { medianMs, bestMs, pages, covers } = figures[name] ?? UNKNOWN;
      return `${medianMs.toFixed(1).padStart(8)} (${bestMs.toFixed(1)}; ${pages}; ${covers})`.padEnd(38);
    });
    say(`  ${name.padEnd(26)}${cells.join('')}`);
  }
}
