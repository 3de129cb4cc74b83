// Acknowledged writes are kept: clients write over two instances while one is killed with -9 and nats-server stops. `npm run
// chaos` is the long run; here it is a short one. Figures go to stdout.
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { ApiClient } from '../support/api-client.ts';
import { createInstallation, type Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { LoadClient } from './load.ts';
import { judgeStream, readStream } from './stream.ts';

const LONG = process.env['CHAOS'] === 'long';
const CLIENTS = 20;
/** The time of undisturbed writes before and after each failure. */
const CALM_MS = LONG ? 5_000 : 1_000;
const BUS_AWAY_MS = LONG ? 10_000 : 2_000;
const LIMIT_MS = LONG ? 480_000 : 300_000;
/** A killed relay may keep its lock until the lease expires. */
const DRAIN_LIMIT_MS = 120_000;

describe('clients write while an instance is killed and the bus is stopped', () => {
  let installation: Installation;
  let servers: ServerProcess[];

  beforeAll(async () => {
    installation = await createInstallation();
    servers = [];
    for (let count = 0; count < 2; count += 1) servers.push(await installation.startServer());
  }, LIMIT_MS);
  afterAll(() => installation?.end(), LIMIT_MS);

  test(
    'every acknowledged write is there, with its event, in the order of its versions',
    async () => {
      const clients = Array.from({ length: CLIENTS }, (_, number) => new LoadClient(`client ${number}`, reachable));
      const end = new AbortController();
      const begin = Date.now();
      const load = Promise.all(clients.map((client) => client.writeUntil(() => end.signal.aborted)));
      const blows = strike().finally(() => end.abort());
      // Waits for both even if one fails, so that no started process outlives the test.
      for (const outcome of await Promise.allSettled([load, blows]))
        if (outcome.status === 'rejected') throw outcome.reason;
      const loadMs = Date.now() - begin;

      await everythingPublished();
      const writes = clients.flatMap((client) => client.writes);
      const verdict = judgeStream(await readStream(installation.nats.url, 'EVENTS_TASKS'), writes);
      const state = await wrongTasks(clients);
      const sum = (field: 'acknowledged' | 'retried' | 'foundDone') =>
        clients.reduce((total, { figures }) => total + figures[field], 0);
      process.stdout.write(
        `chaos: ${sum('acknowledged')} writes acknowledged in ${loadMs} ms by ${CLIENTS} clients, ${sum('retried')} ` +
          `retries, ${sum('foundDone')} found done, longest wait ` +
          `${Math.max(...clients.map(({ figures }) => figures.longestWaitMs))} ms; ${verdict.messages} messages, ` +
          `${verdict.repeated} repeated; missing ${verdict.missing.length}, different ${verdict.different.length}, ` +
          `out of order ${verdict.outOfOrder.length}, ambiguous ${verdict.ambiguous.length}, wrong tasks ${state.length}\n`,
      );
      expect(writes.length).toBeGreaterThan(CLIENTS * 5);
      expect(state).toEqual([]);
      expect(verdict).toMatchObject({ missing: [], different: [], outOfOrder: [], ambiguous: [] });
    },
    LIMIT_MS,
  );

  function reachable(): ApiClient[] {
    return servers.map((server) => server.api);
  }

  async function strike(): Promise<void> {
    const { nats } = installation;
    await delay(CALM_MS);
    // An instance is killed, and a new one replaces it while the bus is down.
    await servers[0]?.kill('SIGKILL');
    await delay(CALM_MS);
    await nats.kill('SIGKILL');
    await delay(BUS_AWAY_MS);
    await nats.restart();
    servers[0] = await installation.startServer();
    await delay(CALM_MS);
    // A hanging bus keeps its connections open, but does not answer.
    await nats.kill('SIGSTOP');
    await delay(CALM_MS);
    await servers[1]?.kill('SIGKILL');
    await delay(BUS_AWAY_MS);
    await nats.kill('SIGCONT');
    servers[1] = await installation.startServer();
    await delay(CALM_MS);
  }

  async function everythingPublished(): Promise<void> {
    const client = new Client({ connectionString: installation.database.url });
    await client.connect();
    try {
      await until(
        'the outbox is empty',
        async () => {
          const { rows } = await client.query<{ waiting: number }>(
            'SELECT count(*)::int AS waiting FROM tasks.outbox WHERE published_at IS NULL',
          );
          return rows[0]?.waiting === 0;
        },
        { limitMs: DRAIN_LIMIT_MS },
      );
    } finally {
      await client.end();
    }
  }

  /** Tasks that differ from the last acknowledged write. */
  async function wrongTasks(clients: LoadClient[]): Promise<string[]> {
    const wrong: string[] = [];
    const [{ api }] = servers as [ServerProcess];
    for (const client of clients) {
      for (const { id, version, title } of client.tasks.values()) {
        const { status, body } = await api.get<{ version: number; title: string }>(`/v1/tasks/${id}`);
        if (status !== 200 || body.version !== version || body.title !== title)
          wrong.push(`${id}: version ${version} "${title}" is ${status} ${JSON.stringify(body)}`);
      }
      for (const id of client.deleted) {
        const { status } = await api.get(`/v1/tasks/${id}`);
        if (status !== 404) wrong.push(`${id}: deleted, and yet ${status}`);
      }
    }
    return wrong;
  }
});
