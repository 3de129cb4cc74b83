// SIGTERM while the node has work in its hands: what it has taken it finishes, and then it goes.
import { Client } from 'pg';
import { createInstallation, TOPOLOGIES, type Installation } from '../support/installation.ts';
import { NatsClient } from '../support/nats-client.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

describe.each(TOPOLOGIES)('a node that stops, %s', (topology) => {
  let installation: Installation;
  let server: ServerProcess;
  let client: NatsClient;
  let database: Client;

  beforeAll(async () => {
    installation = await createInstallation(topology);
    server = await installation.startServer({ env: { SHUTDOWN_TIMEOUT_SECONDS: '120' } });
    client = await NatsClient.connect(installation.nats.url, installation.key);
    database = new Client({ connectionString: installation.database.url });
    await database.connect();
  });
  afterAll(async () => {
    await database?.end();
    await client?.close();
    await installation?.end();
  });

  /** While `work` runs, nobody can make a list. */
  async function withListsHeld(work: (waiting: (many: number) => Promise<unknown>) => Promise<void>): Promise<void> {
    await database.query('BEGIN');
    await database.query('LOCK TABLE tasks.list IN ACCESS EXCLUSIVE MODE');
    const waiting = (many: number): Promise<unknown> =>
      until(`${many} statements wait`, async () => {
        const { rows } = await database.query<{ count: number }>(
          `SELECT count(*)::int AS count FROM pg_locks WHERE NOT granted AND relation = 'tasks.list'::regclass`,
        );
        return rows[0]?.count === many;
      });
    try {
      await work(waiting);
    } finally {
      await database.query('COMMIT');
    }
  }

  test('finishes the requests that it has taken, over HTTP and over NATS, takes no more, and ends with 0', async () => {
    let answers: Promise<number[]> = Promise.resolve([]);
    await withListsHeld(async (waiting) => {
      const overHttp = server.api.post('/v1/lists', { title: 'Over HTTP' });
      const overNats = client.call('api.tasks.create_list', { title: 'Over NATS' });
      answers = Promise.all([overHttp, overNats]).then((all) => all.map(({ status }) => status));
      await waiting(2);
      process.kill(server.pid, 'SIGTERM');
      await until('it takes no more', async () => {
        const answer = await server.api.get('/readyz').catch(() => undefined);
        return answer === undefined || answer.status === 503;
      });
      expect(server.ended()).toBeUndefined();
    });
    expect(await answers).toEqual([201, 200]);
    await until('it ends', () => server.ended() !== undefined);
    expect(server.ended()).toBe(0);
  });

  test('waits no longer than it may for what hangs', async () => {
    const impatient = await installation.startNode({ env: { SHUTDOWN_TIMEOUT_SECONDS: '1' } });
    await withListsHeld(async (waiting) => {
      const hung = impatient.api.post('/v1/lists', { title: 'Never' }).catch(() => undefined);
      await waiting(1);
      process.kill(impatient.pid, 'SIGTERM');
      await until('it ends', () => impatient.ended() !== undefined);
      expect(impatient.ended()).toBe(0);
      await hung;
    });
  });
});
