// How fast occurrences become tasks, beside one bare INSERT … SELECT of the very same rows into the same table. Fills a
// PostgreSQL of its own, with durable settings. From the repository's root, with the sizes wanted:
// node --conditions=source --import ./setup/source-loader.mjs test/bench/materialise/run.ts 100 365
import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { uuidv7 } from 'uuidv7';
import { readInput, type CallContext } from '@mono/contract';
import { Database } from '@mono/platform';
import { MaterialiseOccurrences, MAX_OCCURRENCES, type OccurrenceInput } from '@mono/tasks/contract';
import { tasksMigrations } from '../../../libs/tasks/src/persistence/tasks-migrations.js';
import { OccurrencesClient } from '../../../libs/tasks/contract/occurrences-client.js';
import { controllersOf, localBus } from '../../../libs/platform/src/testing/local-bus.js';
import { createTasksNode } from '../../../libs/tasks/testing/tasks-world.js';
import { startTestPostgres } from '../../support/test-postgres.ts';

type Occurrence = Pick<OccurrenceInput, keyof OccurrenceInput>;

const [TEMPLATES = 100, DAYS = 365] = process.argv.slice(2).map(Number);
const CONCURRENCIES = [1, 2, 4];
const RUNS = 5;
const BARE = 'bare INSERT … SELECT';
const COLUMNS = `id, workspace_id, list_id, title, title_key, description, status, priority, tags, assignee_id, position, due_at,
  due_on, due_instant, starts_on, timezone, estimated_duration, template_id, series_id, original_start, created_at, updated_at`;

const workspaceId = uuidv7();
const context: CallContext = {
  principal: { kind: 'system', id: 'recurrence', workspaceId, scopes: ['*'] },
  requestId: 'bench',
};
const members = {
  memberships: (_workspace: string, ids: readonly string[]) =>
    Promise.resolve(ids.map((user_id) => ({ user_id, joined_at: '2026-01-01T00:00:00.000Z' }))),
};

function idOf(series: string, start: Date): string {
  const ms = start.getTime().toString(16).padStart(12, '0');
  const hash = createHash('sha256').update(`${series}|${start.toISOString()}|0`).digest('hex');
  return `${ms.slice(0, 8)}-${ms.slice(8)}-8${hash.slice(0, 3)}-8${hash.slice(3, 6)}-${hash.slice(6, 18)}`;
}

/** As recurrence sends them: template by template, in the order of dates. */
function batches(listId: string): Occurrence[][] {
  const all: Occurrence[][] = [];
  for (let template = 0; template < TEMPLATES; template += 1) {
    const series = uuidv7();
    const days = Array.from({ length: DAYS }, (_, day): Occurrence => {
      const start = new Date(Date.UTC(2026, 4, 1 + day, 9, template % 60));
      return {
        task_id: idOf(series, start),
        revision: 1,
        template_id: series,
        series_id: series,
        original_start: start.toISOString().slice(0, 19),
        list_id: listId,
        title: `Water the plants ${template}`,
        description: null,
        priority: 'medium',
        tags: ['home'],
        assignee_id: null,
        due_at: start.toISOString(),
        due_on: null,
        starts_on: null,
        timezone: 'Europe/Berlin',
        estimated_duration: null,
      };
    });
    for (let from = 0; from < DAYS; from += MAX_OCCURRENCES) all.push(days.slice(from, from + MAX_OCCURRENCES));
  }
  return all;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function median(times: readonly number[] = []): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? Number.NaN;
}

async function empty(database: Database): Promise<void> {
  await database.query('TRUNCATE tasks.task, tasks.occurrence, tasks.status_transition, tasks.outbox');
  await database.query('VACUUM ANALYZE');
  await database.query('CHECKPOINT');
}

async function materialise(database: Database, all: readonly Occurrence[][], concurrency: number): Promise<void> {
  const useCases = new OccurrencesClient(localBus(...controllersOf(await createTasksNode(database, members))));
  const left = [...all];
  const worker = async (): Promise<void> => {
    for (let batch = left.shift(); batch; batch = left.shift()) {
      const { results } = await useCases.materialise(context, { occurrences: batch });
      if (results.some(({ outcome }) => outcome !== 'created')) throw new Error('Not all were made.');
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

function print(what: string, ms: number, bare: number): void {
  const rows = TEMPLATES * DAYS;
  const rate = Math.round(rows / (ms / 1000));
  process.stdout.write(
    `${what.padEnd(44)} ${String(rate).padStart(7)} tasks/s  ${((ms / rows) * 1000).toFixed(1).padStart(6)} µs each  ${(bare / ms).toFixed(2)} of bare\n`,
  );
}

async function benchmark(url: string): Promise<void> {
  const database = await Database.open({
    url,
    migrations: tasksMigrations,
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    poolSize: Math.max(...CONCURRENCIES),
  });
  try {
    await database.query('CREATE SCHEMA tasks');
    await database.dataSource.runMigrations();
    const { list_id } = await new OccurrencesClient(
      localBus(...controllersOf(await createTasksNode(database, members))),
    ).inbox(context);
    const all = batches(list_id);
    await materialise(database, all, 1);
    await database.query(`CREATE UNLOGGED TABLE rows AS SELECT ${COLUMNS} FROM tasks.task ORDER BY ctid`);
    const bareInsert = () => database.query(`INSERT INTO tasks.task (${COLUMNS}) SELECT ${COLUMNS} FROM rows`);
    const figures = new Map<string, number[]>();
    const note = async (what: string, work: () => Promise<unknown>): Promise<void> => {
      await empty(database);
      figures.set(what, [...(figures.get(what) ?? []), await timed(work)]);
    };
    // In turns, so that what else the machine does befalls all alike.
    for (let run = 0; run < RUNS; run += 1) {
      await note(BARE, bareInsert);
      for (const count of CONCURRENCIES)
        await note(`materialise, ${count} at once`, () => materialise(database, all, count));
    }
    const bare = median(figures.get(BARE));
    for (const [what, times] of figures) print(what, median(times), bare);
    const texts = all.map((occurrences) =>
      JSON.stringify({
        caller: { workspace_id: workspaceId, kind: 'system', id: 'recurrence' },
        input: { occurrences },
      }),
    );
    const reading = await timed(() => {
      for (const text of texts) readInput(MaterialiseOccurrences, JSON.parse(text), 'body');
      return Promise.resolve();
    });
    print('reading and checking the messages alone', reading, bare);
    const [{ bytes } = { bytes: 0 }] = await database.query<{ bytes: number }>(
      `SELECT (pg_relation_size('tasks.occurrence') + pg_indexes_size('tasks.occurrence'))::float8 / count(*) AS bytes FROM tasks.occurrence`,
    );
    process.stdout.write(`tasks.occurrence: ${bytes.toFixed(0)} bytes a row, with its index\n`);
  } finally {
    await database.dataSource.destroy();
  }
}

const directory = await mkdtemp(join(tmpdir(), 'mono-bench-materialise-'));
const server = await startTestPostgres(directory, ['shared_buffers=512MB', 'max_wal_size=8GB']);
try {
  await benchmark(server.url);
} finally {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
}
