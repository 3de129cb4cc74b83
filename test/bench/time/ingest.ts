// The speed of consuming events of tasks as history: the module as in a node, in one process, compared with a bare durable
// consumer of the same stream that parses and acknowledges; in turns, medians of rounds. BENCH_EVENTS, BENCH_ROUNDS;
// BENCH_PROFILE=<directory> writes a CPU profile of each turn of the module, BENCH_STATEMENTS=1 prints the statements that take
// most of PostgreSQL's time.
import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { Client } from 'pg';
import { migrate, openDatabase } from '@mono/platform';
import { timeTrackingFeature } from '@mono/time-tracking/feature';
import { startNats } from '../../support/nats-process.ts';
import { startTestPostgres } from '../../support/test-postgres.ts';
import { obtainNats } from '../obtain-nats.ts';
import { taskEvents } from './task-events.ts';

const EVENTS = Number(process.env['BENCH_EVENTS'] ?? 50_000);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const PROFILE = process.env['BENCH_PROFILE'];
const STATEMENTS = process.env['BENCH_STATEMENTS'] !== undefined;
const AIM = 0.5;
const STREAM = 'EVENTS_TASKS';
const WINDOW = 500;
const TURN_LIMIT_MS = 300_000;
const SETTINGS = ['shared_buffers=512MB', 'max_wal_size=8GB'];
const LOADER = resolve(import.meta.dirname, '../../../setup/source-loader.mjs');
const WORKER = resolve(import.meta.dirname, 'ingest-worker.ts');

interface Turn {
  perSecond: number;
  /** Processor time of the worker's process. */
  cpuMsPerThousand: number;
}

export interface Ingest {
  events: number;
  rounds: { bare: Turn; mono: Turn }[];
  /** Medians of the rounds. */
  barePerSecond: number;
  perSecond: number;
  ofBare: number;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

export async function benchIngest(): Promise<Ingest> {
  await obtainNats();
  const directory = await mkdtemp(join(tmpdir(), 'mono-bench-time-'));
  const preload = STATEMENTS ? ['shared_preload_libraries=pg_stat_statements'] : [];
  const postgres = await startTestPostgres(directory, [...SETTINGS, ...preload]);
  const nats = await startNats();
  const connection = await connect({ servers: nats.url });
  const client = new Client({ connectionString: postgres.url });
  try {
    await client.connect();
    await prepare(client, postgres.url);
    const told = await publish(connection);
    const rounds: Ingest['rounds'] = [];
    // In turns, so that other work on the machine affects both equally.
    while (rounds.length < ROUNDS) {
      const bare = await turn('bare', connection, client, [nats.url, postgres.url]);
      rounds.push({ bare, mono: await turn('mono', connection, client, [nats.url, postgres.url]) });
    }
    await requireAll(client, told);
    if (STATEMENTS) await printStatements(client);
    return report(rounds);
  } finally {
    await client.end();
    await connection.close();
    await nats.stop();
    await postgres.stop();
  }
}

async function prepare(client: Client, url: string): Promise<void> {
  const { migrations } = timeTrackingFeature;
  const database = await openDatabase({
    module: 'time_tracking',
    url,
    poolSize: 2,
    statementTimeoutMs: 60_000,
    migrations,
  });
  await migrate(database, 'time_tracking');
  await database.dataSource.destroy();
  // There is no log to rebuild from.
  await client.query('UPDATE time_tracking.rebuild SET finished_at = now()');
  if (STATEMENTS) await client.query('CREATE EXTENSION pg_stat_statements');
}

/** @returns the number of transitions in the events. */
async function publish(connection: NatsConnection): Promise<number> {
  const { streams } = await jetstreamManager(connection);
  await streams.add({ name: STREAM, subjects: ['events.tasks.>'], storage: 'file' });
  // Also consumed, and empty.
  await streams.add({ name: 'EVENTS_AUTH', subjects: ['events.auth.>'], storage: 'file' });
  const events = taskEvents(EVENTS);
  const context = jetstream(connection);
  for (let sent = 0; sent < events.length; sent += WINDOW) {
    const window = events.slice(sent, sent + WINDOW);
    await Promise.all(window.map((event) => context.publish(`events.tasks.v1.${event.event}`, JSON.stringify(event))));
  }
  const { state } = await streams.info(STREAM);
  const transitions = events.filter(({ changes }) => changes['status']).length;
  say(
    `${state.messages} events, ${transitions} of them transitions, ${Math.round(state.bytes / state.messages)} bytes each`,
  );
  return transitions;
}

async function turn(
  name: keyof Ingest['rounds'][number],
  connection: NatsConnection,
  client: Client,
  urls: string[],
): Promise<Turn> {
  const { consumers } = await jetstreamManager(connection);
  for await (const { name: consumer } of consumers.list(STREAM)) await consumers.delete(STREAM, consumer);
  await client.query(
    'TRUNCATE time_tracking.task, time_tracking.transition, time_tracking.span, time_tracking.outbox, time_tracking.inbox',
  );
  await client.query('CHECKPOINT');
  const profile = PROFILE === undefined || name === 'bare' ? [] : ['--cpu-prof', `--cpu-prof-dir=${PROFILE}`];
  const args = [...profile, '--import', LOADER, WORKER, name, ...urls, String(EVENTS)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: TURN_LIMIT_MS });
  const lines = stdout.trim().split('\n');
  const figures = JSON.parse(lines.find((line) => line.includes('perSecond')) ?? '') as Turn;
  // The node should log nothing.
  for (const line of lines.filter((line) => !line.includes('perSecond'))) say(line);
  say(
    `  ${name} ${Math.round(figures.perSecond)}/s, ${figures.cpuMsPerThousand.toFixed(1)} ms of processor per 1,000, load ${loadavg()[0]?.toFixed(1)}`,
  );
  return figures;
}

/** Missing work invalidates the benchmark. */
async function requireAll(client: Client, transitions: number): Promise<void> {
  const { rows } = await client.query<{ kept: number }>('SELECT count(*)::int AS kept FROM time_tracking.transition');
  if (rows[0]?.kept !== transitions) throw new Error(`${rows[0]?.kept} transitions are kept, not ${transitions}.`);
}

function report(rounds: Ingest['rounds']): Ingest {
  const barePerSecond = median(rounds.map(({ bare }) => bare.perSecond));
  const perSecond = median(rounds.map(({ mono }) => mono.perSecond));
  const ofBare = median(rounds.map(({ bare, mono }) => mono.perSecond / bare.perSecond));
  say(`ingest of ${EVENTS} events, medians of ${rounds.length} rounds`);
  say(`  bare consumption ${Math.round(barePerSecond)}/s, as history ${Math.round(perSecond)}/s`);
  say(`  ${ofBare.toFixed(2)} × of bare consumption (aim ${AIM})`);
  return { events: EVENTS, rounds, barePerSecond, perSecond, ofBare };
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** With BENCH_STATEMENTS: the statements that take most of PostgreSQL's time. */
async function printStatements(client: Client): Promise<void> {
  const { rows } = await client.query<{ ms: number; calls: number; query: string }>(
    `SELECT total_exec_time::int AS ms, calls::int, regexp_replace(query, '\\s+', ' ', 'g') AS query
     FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 15`,
  );
  for (const { ms, calls, query } of rows)
    say(`${String(ms).padStart(8)} ms ${String(calls).padStart(7)} × ${query.slice(0, 140)}`);
}
