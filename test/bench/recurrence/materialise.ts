// The speed of materialising tasks end to end: the built server plans, requests over the bus, writes tasks with their events,
// and publishes these meanwhile; compared with bare inserts of the same rows in the same PostgreSQL with durable settings.
// BENCH_TEMPLATES, BENCH_DAYS, BENCH_ROUNDS; BENCH_PROFILE=<directory> writes a CPU profile of the server, BENCH_STATEMENTS=1
// prints the statements that take most of PostgreSQL's time.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Client } from 'pg';
import { startNats } from '../../support/nats-process.ts';
import { startServer, type ServerProcess } from '../../support/server-process.ts';
import { startTestPostgres } from '../../support/test-postgres.ts';
import { until } from '../../support/until.ts';
import { obtainNats } from '../obtain-nats.ts';
import { BARE_TABLES, createBareTables, insertBareRest, insertBareTasks, type BareRows } from './bare-insert.ts';

const TEMPLATES = Number(process.env['BENCH_TEMPLATES'] ?? 1_000);
const DAYS = Number(process.env['BENCH_DAYS'] ?? 365);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const PROFILE = process.env['BENCH_PROFILE'];
const STATEMENTS = process.env['BENCH_STATEMENTS'] !== undefined;
const AIM = 0.4;
const WARM_UP = 20;
const HORIZON_DAYS = 730;
const LIMIT_MS = 30 * 60_000;
const LOOK_EVERY_MS = 100;
const LOG_CHARACTERS = 4_000;
const DAY_MS = 24 * 60 * 60 * 1_000;
const SETTINGS = ['shared_buffers=512MB', 'max_wal_size=8GB'];
const REAL = [...Object.keys(BARE_TABLES), 'recurrence.outbox'].join(', ');

export interface Materialisation {
  templates: number;
  occurrences: number;
  rounds: { endToEndMs: number; published: number; bareTaskMs: number; bareAllMs: number }[];
  /** Medians relative to the speed of bare inserts. */
  ofBareTask: number;
  ofBareAll: number;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

export async function benchMaterialisation(): Promise<Materialisation> {
  await obtainNats();
  const directory = await mkdtemp(join(tmpdir(), 'mono-bench-recurrence-'));
  const preload = STATEMENTS ? ['shared_preload_libraries=pg_stat_statements'] : [];
  const postgres = await startTestPostgres(directory, [...SETTINGS, ...preload]);
  const nats = await startNats();
  const client = new Client({ connectionString: postgres.url });
  let server: ServerProcess | undefined;
  try {
    server = await startServer({
      databaseUrl: postgres.url,
      natsUrl: nats.url,
      env: { RECURRENCE_RECONCILE_SECONDS: '1', NODE_ENV: 'production' },
      nodeOptions: PROFILE === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${PROFILE}`],
    });
    await client.connect();
    return await measure(client, server);
  } catch (error) {
    // Printed at once, because the cleanup may take a while.
    say(`${String(error)}\n${server?.output().slice(-LOG_CHARACTERS)}`);
    throw error;
  } finally {
    await client.end();
    await server?.stop();
    await nats.stop();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function measure(client: Client, server: ServerProcess): Promise<Materialisation> {
  const first = new Date(Date.now() + DAY_MS).toISOString().slice(0, 10);
  const bareRows = { days: DAYS, firstMs: Date.parse(`${first}T09:00:00Z`) };
  await makeTemplates(client, server, `${first}T09:00:00`);
  // A few templates for warm-up, and one event to copy.
  await endToEnd(client, Math.min(WARM_UP, TEMPLATES));
  for (const statement of createBareTables()) await client.query(statement);
  if (STATEMENTS) await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  const rounds: Materialisation['rounds'] = [];
  while (rounds.length < ROUNDS) {
    // In turns, so that other work on the machine affects all equally.
    const { bareTaskMs, bareAllMs } = await bare(client, bareRows);
    rounds.push({ ...(await endToEnd(client)), bareTaskMs, bareAllMs });
  }
  if (STATEMENTS) await printStatements(client);
  return told(rounds);
}

/** Creates one template with later dates over the API, and copies it in the database without planning the copies. */
async function makeTemplates(client: Client, { api }: ServerProcess, dtstart: string): Promise<void> {
  const rule = { dtstart, timezone: 'UTC', pattern: 'daily', count: DAYS };
  const input = { title: 'Water the plants', tags: ['home'], rule, lead_days: 0 };
  const { status, body } = await api.post<{ id: string }>('/v1/templates', input);
  if (status !== 201) throw new Error(`The template was answered with ${status}: ${JSON.stringify(body)}`);
  await until('it is planned', async () => {
    const { rowCount } = await client.query('SELECT FROM recurrence.template WHERE generated_through IS NOT NULL');
    return rowCount === 1;
  });
  const { rows } = await client.query<{ name: string }>(
    `SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'recurrence' AND table_name = 'template'`,
  );
  const own = new Set(['id', 'series_id', 'title', 'lead_days', 'generation_horizon_days', 'next_run_at']);
  const others = rows.map(({ name }) => name).filter((name) => !own.has(name));
  await client.query('DELETE FROM recurrence.occurrence');
  await client.query(
    `INSERT INTO recurrence.template (id, series_id, title, lead_days, generation_horizon_days, next_run_at, ${others.join(', ')})
     SELECT n.id, n.id, 'Water the plants ' || n.number, NULL, ${HORIZON_DAYS}, NULL, ${others.map((name) => `t.${name}`).join(', ')}
     FROM recurrence.template t CROSS JOIN (SELECT uuidv7() AS id, number FROM generate_series(1, $1) AS number) n`,
    [TEMPLATES],
  );
  await client.query('DELETE FROM recurrence.template WHERE lead_days IS NOT NULL');
}

async function bare(client: Client, rows: BareRows): Promise<{ bareTaskMs: number; bareAllMs: number }> {
  await cleared(
    client,
    Object.values(BARE_TABLES)
      .map((name) => `bare.${name}`)
      .join(', '),
  );
  const began = performance.now();
  await client.query(insertBareTasks(rows));
  const bareTaskMs = performance.now() - began;
  for (const statement of insertBareRest(rows)) await client.query(statement);
  return { bareTaskMs, bareAllMs: performance.now() - began };
}

/** Runs until every task exists and recurrence has recorded it. Events are published meanwhile and for a while afterwards. */
async function endToEnd(client: Client, templates = TEMPLATES): Promise<{ endToEndMs: number; published: number }> {
  await cleared(client, REAL);
  const rows = templates * DAYS;
  const began = performance.now();
  await client.query(
    `UPDATE recurrence.template SET next_run_at = now(), planned_before = NULL, planned_through = NULL, generated_through = NULL
     WHERE id IN (SELECT id FROM recurrence.template ORDER BY id LIMIT $1)`,
    [templates],
  );
  const look = { limitMs: LIMIT_MS, pauseMs: LOOK_EVERY_MS };
  await until('every template is done', () => none(client, 'recurrence.template WHERE next_run_at IS NOT NULL'), look);
  const endToEndMs = performance.now() - began;
  const { rows: counted } = await client.query<{ tasks: number; settled: number; published: number }>(
    `SELECT (SELECT count(*) FROM tasks.task)::int AS tasks,
       (SELECT count(*) FROM recurrence.occurrence WHERE settled_revision = revision AND made)::int AS settled,
       (SELECT count(*) FROM tasks.outbox WHERE published_at IS NOT NULL)::int AS published`,
  );
  if (counted[0]?.tasks !== rows || counted[0]?.settled !== rows)
    throw new Error(`${rows} tasks were to be made: ${JSON.stringify(counted[0])}`);
  return { endToEndMs, published: (counted[0]?.published ?? 0) / rows };
}

async function cleared(client: Client, tables: string): Promise<void> {
  await client.query(`TRUNCATE ${tables}`);
  await client.query('VACUUM ANALYZE');
  await client.query('CHECKPOINT');
}

async function none(client: Client, what: string): Promise<boolean> {
  return (await client.query(`SELECT FROM ${what} LIMIT 1`)).rowCount === 0;
}

function told(rounds: Materialisation['rounds']): Materialisation {
  const occurrences = TEMPLATES * DAYS;
  const ofBareTask = median(rounds.map(({ bareTaskMs, endToEndMs }) => bareTaskMs / endToEndMs));
  const ofBareAll = median(rounds.map(({ bareAllMs, endToEndMs }) => bareAllMs / endToEndMs));
  const speed = (field: keyof Materialisation['rounds'][number]): string =>
    `${Math.round(occurrences / (median(rounds.map((round) => round[field])) / 1_000))}`.padStart(8);
  say(`materialisation, ${TEMPLATES} templates × ${DAYS} daily occurrences, medians of ${rounds.length} rounds`);
  say(`  end to end                                        ${speed('endToEndMs')} tasks/s`);
  const published = Math.round(100 * median(rounds.map((round) => round.published)));
  say(`  of the events, published by then                  ${String(published).padStart(8)} %`);
  say(`  bare insert, tasks.task alone                     ${speed('bareTaskMs')} rows/s`);
  say(`  bare inserts, ${Object.values(BARE_TABLES).join(' + ')} ${speed('bareAllMs')} tasks/s`);
  say(`  ${ofBareTask.toFixed(2)} × of the bare insert (aim ${AIM}), ${ofBareAll.toFixed(2)} × of all bare inserts`);
  return { templates: TEMPLATES, occurrences, rounds, ofBareTask, ofBareAll };
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** With BENCH_STATEMENTS: the statements that take most of PostgreSQL's time. */
async function printStatements(client: Client): Promise<void> {
  const { rows } = await client.query<{ ms: number; calls: number; query: string }>(
    `SELECT total_exec_time::int AS ms, calls::int, regexp_replace(query, '\\s+', ' ', 'g') AS query
     FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 25`,
  );
  for (const { ms, calls, query } of rows)
    say(`${String(ms).padStart(8)} ms ${String(calls).padStart(7)} × ${query.slice(0, 140)}`);
}
