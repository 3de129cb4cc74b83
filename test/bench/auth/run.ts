// `npm run bench:auth`: the cost of verification for a request that reads one task: without verification, with one key, with
// one access token, with ten thousand keys in turn, with more keys than the cache holds; and its growth with the number of
// keys. BENCH_SECONDS per turn, BENCH_ROUNDS, BENCH_CONNECTIONS.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeApiKey, parseApiKey } from '@mono/auth/contract';
import { Client } from 'pg';
import { startNats } from '../../support/nats-process.ts';
import { MailLinks } from '../../support/mail-links.ts';
import { memberOf } from '../../support/people.ts';
import { makeKey, startServer, type ServerProcess } from '../../support/server-process.ts';
import { startTestPostgres } from '../../support/test-postgres.ts';
import { obtainNats } from '../obtain-nats.ts';
import { authenticateAlone } from './authenticate-alone.ts';
import { medianOf, takeTurn, type Figures, type Load, type Target } from '../http/measure.ts';

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 4);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const CONNECTIONS = Number(process.env['BENCH_CONNECTIONS'] ?? 32);
const IN_TURN = 10_000;
/** More than a node caches, and more than are repeated before a cache entry expires. */
const NEVER_REMEMBERED = 90_000;
const FEW = 10;
const MANY = 100_000;
const LOOK_UPS = 5_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const endings: (() => Promise<unknown>)[] = [];

async function addKeys(database: Client, count: number): Promise<string[]> {
  const keys = Array.from({ length: count }, () => makeApiKey('test'));
  const parsed = keys.map((key) => parseApiKey(key));
  await database.query(
    `WITH secret AS (SELECT gen_random_uuid() AS id, * FROM unnest($1::text[], $2::bytea[]) AS s (short_id, secret_hash)),
       key AS (INSERT INTO auth.api_key (id, workspace_id, name, scopes)
         SELECT s.id, w.id, 'Bench', '{*}' FROM secret s, auth.workspace w WHERE w.is_default RETURNING id)
     INSERT INTO auth.api_key_secret (short_id, api_key_id, environment, secret_hash)
     SELECT s.short_id, s.id, 'test', s.secret_hash FROM secret s JOIN key k ON k.id = s.id`,
    [parsed.map((key) => key?.shortId), parsed.map((key) => key?.secretHash)],
  );
  await database.query('VACUUM ANALYZE auth.api_key, auth.api_key_secret');
  return keys;
}

function inTurn(scheme: string, keys: readonly string[]): () => Record<string, string> {
  let next = 0;
  return () => ({ authorization: `${scheme} ${keys[next++ % keys.length]}` });
}

/** @returns the average time of one look-up in the database by its own clock, in milliseconds. */
async function lookUpMs(database: Client, keys: readonly string[]): Promise<number> {
  const began = performance.now();
  for (let n = 0; n < LOOK_UPS; n += 1) {
    const shortId = parseApiKey(keys[n % keys.length] ?? '')?.shortId;
    await database.query({
      name: 'look_up',
      text: `SELECT k.id, s.secret_hash FROM auth.api_key_secret s JOIN auth.api_key k ON k.id = s.api_key_id
        WHERE s.short_id = $1 AND k.revoked_at IS NULL`,
      values: [shortId],
    });
  }
  return (performance.now() - began) / LOOK_UPS;
}

function target(name: string, { url, pid }: ServerProcess, more: Partial<Target>): Target {
  return { name, url, pid, headers: {}, ...more };
}

async function main(): Promise<void> {
  await obtainNats();
  const postgres = await startTestPostgres(await mkdtemp(join(tmpdir(), 'mono-bench-auth-')), []);
  endings.push(() => postgres.stop());
  const nats = await startNats();
  endings.push(() => nats.stop());
  const key = makeKey();
  const base = { databaseUrl: postgres.url, natsUrl: nats.url, key };
  const server = await startServer({ ...base, env: { APP_ENV: 'prod' } });
  endings.push(() => server.stop());
  const task = await server.api.post<{ id: string }>('/v1/tasks', { title: 'Buy milk' });
  const database = new Client({ connectionString: postgres.url });
  await database.connect();
  endings.push(() => database.end());

  const links = await MailLinks.open({ database: { url: postgres.url }, nats });
  endings.push(() => links.close());
  const workspaces = await server.api.get<{ items: { id: string }[] }>('/v1/workspaces');
  const member = await memberOf(server.url, links, workspaces.body.items[0]?.id ?? '', 'member');
  // The token is valid for ten minutes.
  const token = member.tokens.access_token;
  const few = await addKeys(database, FEW);
  const fewMs = await lookUpMs(database, few);
  const keys = await addKeys(database, MANY);
  const manyMs = await lookUpMs(database, keys);

  // Two equal servers, because the last uses of many keys, which are recorded later, would slow down the turn with one key.
  const mode = await withoutAuth(database);
  const calm = await startServer({ ...base, ...mode });
  endings.push(() => calm.stop());
  const busy = await startServer({ ...base, ...mode });
  endings.push(() => busy.stop());
  const targets = [
    target('no auth', calm, { headers: { authorization: `Bearer without ${key}` } }),
    target('one key', calm, { headers: { authorization: `Bearer ${key}` } }),
    target('a user', calm, { headers: { authorization: `Bearer ${token}` } }),
    // The baseline for turns with another key per request, which also cost the client time.
    target('no auth, in turn', busy, { headersInTurn: inTurn('Bearer without', keys.slice(0, IN_TURN)) }),
    target('10 k keys in turn', busy, { headersInTurn: inTurn('Bearer', keys.slice(0, IN_TURN)) }),
    target('none remembered', busy, { headersInTurn: inTurn('Bearer', keys.slice(0, NEVER_REMEMBERED)) }),
  ];
  const load: Load = { name: 'get', method: 'GET', path: () => `/v1/tasks/${task.body.id}` };
  const figures = new Map<Target, Figures[]>(targets.map((one) => [one, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const one of round % 2 === 0 ? targets : targets.toReversed()) {
      const turn = await takeTurn(one, load, { seconds: round === 0 ? 2 : SECONDS, connections: CONNECTIONS });
      if (round > 0) figures.get(one)?.push(turn);
    }
  }
  say(`GET one task, ${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s each, in turns; medians`);
  const [same, turning] = targets
    .filter(({ name }) => name.startsWith('no auth'))
    .map((one) => medianOf(figures.get(one) ?? []));
  for (const [{ name, headersInTurn }, rounds] of figures) {
    const { requestsPerSecond, p50Ms, p99Ms, cpuMicrosecondsPerRequest: cpu } = medianOf(rounds);
    const without = (headersInTurn ? turning : same)?.requestsPerSecond ?? Number.NaN;
    const ratio = (requestsPerSecond / without).toFixed(2);
    say(
      `  ${name.padEnd(18)} ${requestsPerSecond.toFixed(0).padStart(7)}/s  × ${ratio} of no auth  p50 ${p50Ms} ms  p99 ${p99Ms} ms  ${cpu.toFixed(0)} µs CPU`,
    );
  }
  const { keyUs, tokenUs } = await authenticateAlone(token);
  say(`what is remembered, alone: a key ${keyUs.toFixed(2)} µs, an access token ${tokenUs.toFixed(2)} µs`);
  say(
    `a look-up among ${FEW} keys ${fewMs.toFixed(3)} ms, among ${MANY} ${manyMs.toFixed(3)} ms: × ${(manyMs / fewMs).toFixed(2)}`,
  );
}

async function withoutAuth(database: Client): Promise<{ nodeOptions: string[]; env: Record<string, string> }> {
  const { rows } = await database.query<{ id: string }>('SELECT id FROM auth.workspace WHERE is_default');
  const principal = { kind: 'api_key', id: 'nobody', workspaceId: rows[0]?.id, scopes: ['*'] };
  return {
    nodeOptions: ['--import', resolve(import.meta.dirname, 'without-auth.mjs')],
    env: { APP_ENV: 'prod', WITHOUT_AUTH: JSON.stringify(principal) },
  };
}

try {
  await main();
} finally {
  for (const end of endings.toReversed()) await end();
}
