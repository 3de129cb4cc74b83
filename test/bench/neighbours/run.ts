// `npm run bench:neighbours`: the latency of one workspace while another sends expensive requests, many at a time.
// NEIGHBOUR_TASKS tasks of 60 words in the busy workspace, NEIGHBOUR_SECONDS per attack, NEIGHBOUR_PARALLEL requests at once.
import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { uuidv7 } from 'uuidv7';
import { startNats } from '../../support/nats-process.ts';
import { makeKey, startServer, TEST_BUS_SECRET, TEST_SECRET_KEY } from '../../support/server-process.ts';
import { startTestPostgres } from '../../support/test-postgres.ts';
import { obtainNats } from '../obtain-nats.ts';
import { fillWorkspace } from './fill-workspace.ts';

const run = promisify(execFile);
const CLI = resolve(import.meta.dirname, '../../../apps/cli/dist/main.js');
const TASKS = Number(process.env['NEIGHBOUR_TASKS'] ?? 50_000);
const QUIET_TASKS = 1_000;
const SECONDS = Number(process.env['NEIGHBOUR_SECONDS'] ?? 15);
const PARALLEL = Number(process.env['NEIGHBOUR_PARALLEL'] ?? 40);
const AIM = 5;
const PAUSE_MS = 50;

const ATTACKS: Record<string, { parallel: number; path: string }> = {
  search: { parallel: PARALLEL, path: '/v1/tasks?q=t&count=exact' },
  'exact count': { parallel: PARALLEL, path: '/v1/tasks?count=exact&status=todo&order_by=title&offset=5000' },
  'plain pages': { parallel: PARALLEL * 5, path: '/v1/tasks?limit=100' },
};
const QUIET: Record<string, string> = { page: '/v1/tasks?limit=5', 'own search': '/v1/tasks?q=t&limit=5' };

interface Seen {
  statuses: Record<string, number>;
  times: number[];
}

const agent = new Agent({ keepAlive: true, maxSockets: 1_000 });
const endings: (() => Promise<unknown>)[] = [];
const say = (line: string): void => void process.stdout.write(`${line}\n`);

function ask(url: string, key: string, path: string, seen: Seen): Promise<void> {
  return new Promise((done) => {
    const began = performance.now();
    const settle = (status: string): void => {
      seen.statuses[status] = (seen.statuses[status] ?? 0) + 1;
      seen.times.push(performance.now() - began);
      done();
    };
    const sent = request(new URL(path, url), { agent, headers: { authorization: `Bearer ${key}` } }, (answer) => {
      answer.resume().on('end', () => settle(String(answer.statusCode)));
    });
    sent.on('error', (error) => settle((error as NodeJS.ErrnoException).code ?? error.name)).end();
  });
}

async function repeat(url: string, key: string, path: string, until: number, pauseMs: number): Promise<Seen> {
  const seen: Seen = { statuses: {}, times: [] };
  while (performance.now() < until) {
    await ask(url, key, path, seen);
    // One that is refused at once waits as a client should.
    await pause(pauseMs);
  }
  return seen;
}

function quantile({ times }: Seen, share: number): number {
  const sorted = times.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function row(name: string, seen: Seen, more = ''): string {
  const [p50, p95, max] = [0.5, 0.95, 1].map((share) => quantile(seen, share).toFixed(1).padStart(9));
  return `${name.padEnd(34)}${String(seen.times.length).padStart(7)}${p50}${p95}${max}  ${JSON.stringify(seen.statuses)}  ${more}`;
}

async function main(): Promise<void> {
  await obtainNats();
  const postgres = await startTestPostgres(await mkdtemp(join(tmpdir(), 'mono-bench-pg-')), ['shared_buffers=256MB']);
  endings.push(() => postgres.stop());
  const nats = await startNats();
  endings.push(() => nats.stop());
  const key = makeKey();
  const server = await startServer({ databaseUrl: postgres.url, natsUrl: nats.url, key, env: { APP_ENV: 'prod' } });
  endings.push(() => server.stop());
  const database = new Client({ connectionString: postgres.url });
  await database.connect();
  endings.push(() => database.end());
  const [quiet] = (await server.api.get<{ items: { id: string }[] }>('/v1/workspaces')).body.items;
  const busy = uuidv7();
  await database.query(`INSERT INTO auth.workspace (id, name) VALUES ($1, 'Busy')`, [busy]);
  const { stdout } = await run(
    process.execPath,
    [CLI, 'apikey', 'create', '--name', 'busy', '--scope', '*', '--workspace', busy],
    {
      env: {
        ...process.env,
        DATABASE_URL: postgres.url,
        NATS_URL: nats.url,
        BUS_SECRET: TEST_BUS_SECRET,
        AUDIT_SECRET: TEST_BUS_SECRET,
        SECRET_KEY: TEST_SECRET_KEY,
      },
    },
  );
  const [busyKey = ''] = /mono_\w+_[0-9a-f]{12}_[\w-]{43}/.exec(stdout) ?? [];
  await fillWorkspace(database, { workspaceId: quiet?.id ?? '', tasks: QUIET_TASKS });
  await fillWorkspace(database, { workspaceId: busy, tasks: TASKS });
  await database.query('VACUUM ANALYZE tasks.task');
  say(`${QUIET_TASKS} tasks in the quiet workspace, ${TASKS} in the busy one; milliseconds`);
  say(`${''.padEnd(34)}  count      p50      p95      max`);
  const alone = new Map<string, Seen>();
  for (const [name, path] of Object.entries(QUIET)) {
    await repeat(server.url, key, path, performance.now() + 1_000, 0);
    const seen = await repeat(server.url, key, path, performance.now() + 5_000, PAUSE_MS);
    alone.set(name, seen);
    say(row(`${name}, alone`, seen));
  }
  for (const [attack, { parallel, path }] of Object.entries(ATTACKS)) {
    for (const [name, quietPath] of Object.entries(QUIET)) {
      const until = performance.now() + SECONDS * 1_000;
      const attackers = Array.from({ length: parallel }, () => repeat(server.url, busyKey, path, until, 10));
      await pause(1_000);
      const seen = await repeat(server.url, key, quietPath, until, PAUSE_MS);
      const all = await Promise.all(attackers);
      const factor = quantile(seen, 0.95) / quantile(alone.get(name) ?? seen, 0.95);
      say(row(`${name}, during ${attack}`, seen, `p95 ${factor.toFixed(1)} × (aim < ${AIM} ×)`));
      say(row(`  the busy workspace`, merge(all)));
    }
  }
}

function merge(all: readonly Seen[]): Seen {
  const statuses: Record<string, number> = {};
  for (const [status, count] of all.flatMap((seen) => Object.entries(seen.statuses)))
    statuses[status] = (statuses[status] ?? 0) + count;
  return { statuses, times: all.flatMap(({ times }) => times) };
}

try {
  await main();
} finally {
  agent.destroy();
  for (const end of endings.toReversed()) await end();
}
