// `npm run bench:http`: the built server beside a bare Fastify + pg server that runs the same statements, each on a
// database of its own in one PostgreSQL with default, durable settings; the same load on both in turns.
// BENCH_SECONDS per turn, BENCH_ROUNDS, BENCH_CONNECTIONS; BENCH_PROFILE=<directory> writes a CPU profile of the server.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { startChild, type Child } from '../../support/child.ts';
import { startNats, type NatsProcess } from '../../support/nats-process.ts';
import { makeKey, startServer, type ServerProcess } from '../../support/server-process.ts';
import { startTestPostgres, type TestPostgres } from '../../support/test-postgres.ts';
import { until } from '../../support/until.ts';
import { obtainNats } from '../obtain-nats.ts';
import type { BareServerSettings } from './bare-server.ts';
import { medianOf, takeTurn, type Figures, type Load, type Target } from './measure.ts';
import type { RecordedStatement } from './statement-template.ts';

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 4);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const CONNECTIONS = Number(process.env['BENCH_CONNECTIONS'] ?? 32);
const POOL_SIZE = Number(process.env['BENCH_POOL_SIZE'] ?? 10);
const PROFILE = process.env['BENCH_PROFILE'];
const PAGE_SIZE = 25;
const SEEDED_TASKS = 500;
const WARM_UP_SECONDS = 2;
const TITLE = 'Buy milk';
const AIMS: Record<string, number> = { create: 0.6, get: 0.65, list: 0.8 };
const RECORDER = resolve(import.meta.dirname, 'record-statements.mjs');

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Ended in reverse order. */
const endings: (() => Promise<unknown>)[] = [];

async function database(postgres: TestPostgres, name: string): Promise<string> {
  await query(postgres.url, `CREATE DATABASE ${name}`);
  const url = new URL(postgres.url);
  url.pathname = `/${name}`;
  return url.href;
}

async function query<Row extends object>(url: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

/** Creates tasks to read and to list. @returns the id of one. */
async function seed({ api }: ServerProcess): Promise<string> {
  const operations = Array.from({ length: SEEDED_TASKS }, (_, index) => ({
    op: 'create',
    task: { title: `${TITLE} ${index}`, description: 'The one in the blue bottle', tags: ['errand'] },
  }));
  const { status, body } = await api.post<{ results: { id: string }[] }>('/v1/tasks/batch', { operations });
  if (status !== 200) throw new Error(`The seed was answered with ${status}: ${JSON.stringify(body)}`);
  return body.results[0]?.id ?? '';
}

/** The real server creates the database of the bare one, and its statements are recorded meanwhile. */
async function prepareBare(databaseUrl: string, nats: NatsProcess): Promise<BareServerSettings & { id: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'mono-bench-'));
  endings.push(() => rm(directory, { recursive: true, force: true }));
  const file = join(directory, 'statements.jsonl');
  const server = await startServer({
    databaseUrl,
    natsUrl: nats.url,
    nodeOptions: ['--import', RECORDER],
    env: { RECORD_STATEMENTS_TO: file },
  });
  try {
    const id = await seed(server);
    const recorded = async (send: () => Promise<{ status: number }>, pattern: RegExp): Promise<RecordedStatement> => {
      await writeFile(file, '');
      const { status } = await send();
      const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
      const statements = lines.map((line) => JSON.parse(line) as RecordedStatement);
      const found = statements.filter(({ text }) => pattern.test(text));
      const [statement] = found;
      if (status >= 300 || found.length !== 1 || !statement)
        throw new Error(`${status}; not one statement: ${JSON.stringify(statements.map(({ text }) => text))}`);
      return { ...statement, values: statement.values ?? [] };
    };
    const insert = /INSERT INTO "?tasks"?\."?task"?\b/;
    const select = /FROM "?tasks"?\."?task"?\b/;
    const create = () => recorded(() => server.api.post('/v1/tasks', { title: TITLE }), insert);
    // The first request creates the Inbox, which later ones find.
    await create();
    const get = await recorded(() => server.api.get(`/v1/tasks/${id}`), select);
    return {
      id,
      databaseUrl,
      poolSize: POOL_SIZE,
      create: [await create(), await create()],
      get,
      getIdIndex: get.values.indexOf(id),
      pageSize: PAGE_SIZE,
      list: await recorded(() => server.api.get(`/v1/tasks?limit=${PAGE_SIZE}`), select),
    };
  } finally {
    await server.stop();
  }
}

async function startBare(settings: BareServerSettings): Promise<{ child: Child; url: string }> {
  const child = startChild(process.execPath, [resolve(import.meta.dirname, 'bare-server.ts')], {
    env: { ...process.env, BARE_SERVER: JSON.stringify(settings), NODE_ENV: 'production' },
  });
  endings.push(() => child.stop());
  const url = await until('the bare server listens', () => {
    if (child.ended() !== undefined) throw new Error(child.output());
    return /listening on (\S+)/.exec(child.output())?.[1];
  });
  return { child, url };
}

async function relayIsIdle(databaseUrl: string): Promise<void> {
  await until(
    'the outbox is empty',
    async () => {
      const [row] = await query<{ waiting: number }>(
        databaseUrl,
        'SELECT count(*)::int AS waiting FROM tasks.outbox WHERE published_at IS NULL',
      );
      return row?.waiting === 0;
    },
    { limitMs: 300_000, pauseMs: 200 },
  );
}

async function main(): Promise<void> {
  await obtainNats();
  const directory = await mkdtemp(join(tmpdir(), 'mono-bench-pg-'));
  const postgres = await startTestPostgres(directory, []);
  endings.push(() => postgres.stop());
  const nats = await startNats();
  endings.push(() => nats.stop());
  const bareSettings = await prepareBare(await database(postgres, 'bare'), nats);
  const bare = await startBare(bareSettings);
  // A separate bus without the streams of the recorded server.
  const ownNats = await startNats();
  endings.push(() => ownNats.stop());
  const databaseUrl = await database(postgres, 'mono');
  const key = makeKey();
  const server = await startServer({
    databaseUrl,
    natsUrl: ownNats.url,
    key,
    env: { APP_ENV: 'prod' },
    nodeOptions: PROFILE === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(PROFILE)}`],
  });
  endings.push(() => server.stop());

  const ids = new Map([
    ['mono', await seed(server)],
    ['bare', bareSettings.id],
  ]);
  const mono: Target = { name: 'mono', url: server.url, pid: server.pid, headers: { authorization: `Bearer ${key}` } };
  const bareTarget: Target = { name: 'bare', url: bare.url, pid: bare.child.pid, headers: {} };
  const loads: Load[] = [
    { name: 'create', method: 'POST', path: () => '/v1/tasks', body: JSON.stringify({ title: TITLE }) },
    { name: 'get', method: 'GET', path: ({ name }) => `/v1/tasks/${ids.get(name)}` },
    { name: 'list', method: 'GET', path: () => `/v1/tasks?limit=${PAGE_SIZE}` },
  ];
  await sameAnswers(mono, bareTarget, loads);

  say(`${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s each, in turns; medians`);
  say('load    server   requests/s    p50 ms    p99 ms   CPU µs/request   ratio   aim');
  for (const load of loads) {
    // Both get current statistics, independent of autovacuum.
    for (const url of [databaseUrl, bareSettings.databaseUrl]) await query(url, 'VACUUM ANALYZE');
    const figures = new Map<Target, Figures[]>([
      [mono, []],
      [bareTarget, []],
    ]);
    for (let round = 0; round <= ROUNDS; round += 1) {
      // The order alternates, so that delayed work of the first one affects both.
      const targets = round % 2 === 0 ? [mono, bareTarget] : [bareTarget, mono];
      for (const target of targets) {
        const seconds = round === 0 ? WARM_UP_SECONDS : SECONDS;
        const turn = await takeTurn(target, load, { seconds, connections: CONNECTIONS });
        if (round > 0) figures.get(target)?.push(turn);
        await relayIsIdle(databaseUrl);
      }
    }
    const [ours, theirs] = [medianOf(figures.get(mono) ?? []), medianOf(figures.get(bareTarget) ?? [])];
    const ratio = ours.requestsPerSecond / theirs.requestsPerSecond;
    say(row(load.name, 'mono', ours, `${ratio.toFixed(2)} ×   ≥ ${AIMS[load.name]} ×`));
    say(row('', 'bare', theirs, ''));
  }
}

/** Equal responses are required for a fair comparison. */
async function sameAnswers(mono: Target, bare: Target, loads: Load[]): Promise<void> {
  for (const load of loads) {
    const sizes = await Promise.all(
      [mono, bare].map(async (target) => {
        const response = await fetch(target.url + load.path(target), {
          method: load.method,
          headers: { ...target.headers, 'content-type': 'application/json' },
          ...(load.body === undefined ? {} : { body: load.body }),
        });
        const body = (await response.json()) as { items?: unknown[] };
        return `${response.status} ${body.items?.length ?? 1}`;
      }),
    );
    if (sizes[0] !== sizes[1]) throw new Error(`${load.name} is answered differently: ${sizes.join(' and ')}`);
  }
}

const number = (value: number, width: number, digits = 0): string => value.toFixed(digits).padStart(width);

function row(load: string, server: string, figures: Figures, ratio: string): string {
  return [
    load.padEnd(7),
    server.padEnd(6),
    number(figures.requestsPerSecond, 12),
    number(figures.p50Ms, 9, 1),
    number(figures.p99Ms, 9, 1),
    number(figures.cpuMicrosecondsPerRequest, 16),
    `  ${ratio}`,
  ].join(' ');
}

try {
  await main();
} finally {
  for (const end of endings.toReversed()) await end();
}
