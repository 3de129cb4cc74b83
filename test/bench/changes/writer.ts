// The writer of the feed beside the relay of the outbox, on the same backlog of one workspace: the relay publishes it, then the
// writer records it. Rates are those of the times that both write with their rows.
import { loadavg } from 'node:os';
import { Client } from 'pg';
import { startServer } from '../../support/server-process.ts';
import { until } from '../../support/until.ts';
import { median, type BenchWorld } from './world.ts';

const EVENTS = Number(process.env['BENCH_EVENTS'] ?? 30_000);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const AIM = 0.8;
const LIMIT_MS = 600_000;

export interface Writer {
  events: number;
  rounds: { relayPerSecond: number; writerPerSecond: number }[];
  /** Medians. */
  relayPerSecond: number;
  writerPerSecond: number;
  ofRelay: number;
}

const BACKLOG = `
  INSERT INTO tasks.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
  SELECT gen_random_uuid(), t.subject, id, 1, now(), jsonb_set(t.payload::jsonb, '{aggregate_id}', to_jsonb(id))::json
  FROM (SELECT * FROM tasks.outbox WHERE subject = 'events.tasks.v1.created' ORDER BY seq LIMIT 1) t,
    LATERAL (SELECT gen_random_uuid() AS id FROM generate_series(1, $1::int + 0 * t.version)) n`;

/** Without the first and the last tenth, in which both start and end. */
function rateOf(table: string, column: string): string {
  return `
    WITH timed AS (SELECT ${column} AS at, row_number() OVER (ORDER BY ${column}) AS n FROM ${table} WHERE ${column} > $1),
      kept AS (SELECT at, n FROM timed WHERE n BETWEEN $2::int / 10 AND $2::int * 9 / 10)
    SELECT (max(n) - min(n)) / extract(epoch FROM max(at) - min(at))::float8 AS rate FROM kept`;
}

export async function benchWriter(world: BenchWorld): Promise<Writer> {
  const { databaseUrl } = world.servers;
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const env = { LOG_LEVEL: 'error' };
  try {
    const all = await startServer({ ...world.servers, env });
    await all.api.post('/v1/tasks', { title: 'Model of the backlog' });
    await until('the task is in the feed', async () => (await countOf(client, 'changes.change')) > 0);
    await all.stop();
    const rounds: Writer['rounds'] = [];
    while (rounds.length < ROUNDS) {
      const { rows } = await client.query<{ now: string }>('SELECT now()::text AS now');
      const since = rows[0]?.now ?? '';
      const before = await countOf(client, 'changes.change');
      await client.query(BACKLOG, [EVENTS]);
      const relay = await startServer({ ...world.servers, env: { ...env, MODULES: 'tasks,auth' } });
      await until('the backlog is published', () => isPublished(client), { limitMs: LIMIT_MS });
      await relay.stop();
      const writer = await startServer({ ...world.servers, env: { ...env, MODULES: 'changes,auth' } });
      const isRecorded = async (): Promise<boolean> => (await countOf(client, 'changes.change')) >= before + EVENTS;
      await until('the backlog is recorded', isRecorded, { limitMs: LIMIT_MS });
      await writer.stop();
      const round = {
        relayPerSecond: await rate(client, rateOf('tasks.outbox', 'published_at'), since),
        writerPerSecond: await rate(client, rateOf('changes.change', 'recorded_at'), since),
      };
      const { relayPerSecond, writerPerSecond } = round;
      say(`  relay ${relayPerSecond.toFixed(0)}/s, writer ${writerPerSecond.toFixed(0)}/s, load ${load()}`);
      rounds.push(round);
    }
    return report(rounds);
  } finally {
    await client.end();
  }
}

async function countOf(client: Client, table: string): Promise<number> {
  const { rows } = await client.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
  return rows[0]?.count ?? 0;
}

async function isPublished(client: Client): Promise<boolean> {
  return (await countOf(client, 'tasks.outbox WHERE published_at IS NULL')) === 0;
}

async function rate(client: Client, statement: string, since: string): Promise<number> {
  const { rows } = await client.query<{ rate: number }>(statement, [since, EVENTS]);
  return rows[0]?.rate ?? Number.NaN;
}

function report(rounds: Writer['rounds']): Writer {
  const relayPerSecond = median(rounds.map((round) => round.relayPerSecond));
  const writerPerSecond = median(rounds.map((round) => round.writerPerSecond));
  const ofRelay = median(rounds.map((round) => round.writerPerSecond / round.relayPerSecond));
  say(`${EVENTS} events of one workspace, medians of ${rounds.length} rounds`);
  say(`  relay ${relayPerSecond.toFixed(0)}/s, writer ${writerPerSecond.toFixed(0)}/s`);
  say(`  ${ofRelay.toFixed(2)} × of the relay (aim ${AIM})`);
  return { events: EVENTS, rounds, relayPerSecond, writerPerSecond, ofRelay };
}

function load(): string {
  return loadavg()[0]?.toFixed(1) ?? '';
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
