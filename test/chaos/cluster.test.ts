// Three instances, each with a nats-server of its own, one JetStream cluster: one node dies under load with its server, comes
// back, then a second one does. No acknowledged write or event is lost. Figures go to stdout.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../support/api-client.ts';
import { freePort } from '../support/free-port.ts';
import { createInstallation, type Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { LoadClient } from './load.ts';
import { judgeStream, readStream } from './stream.ts';

const LONG = process.env['CHAOS'] === 'long';
const CLIENTS = 10;
const CALM_MS = LONG ? 5_000 : 1_500;
const LIMIT_MS = LONG ? 600_000 : 400_000;
const SECRET = 'clusterSecretOfTests0123';
const NODES = [0, 1, 2];

describe('three nodes with a server each', () => {
  let installation: Installation;
  let directory: string;
  let routes: string[];
  const nodes: (ServerProcess | undefined)[] = [];

  beforeAll(async () => {
    installation = await createInstallation();
    directory = await mkdtemp(join(tmpdir(), 'mono-cluster-'));
    routes = [];
    while (routes.length < NODES.length) routes.push(`127.0.0.1:${await freePort()}`);
    // None has a majority alone: they wait for each other.
    await Promise.all(NODES.map(start));
  }, LIMIT_MS);
  afterAll(async () => {
    await installation?.end();
    for (const node of NODES) killServer(node);
    await rm(directory, { recursive: true, force: true });
  }, LIMIT_MS);

  const reachable = (): ApiClient[] => nodes.flatMap((node) => (node && node.ended() === undefined ? [node.api] : []));
  const data = (node: number): string => join(directory, `node-${node}`);

  async function start(node: number): Promise<void> {
    nodes[node] = await installation.startServer({
      env: {
        NATS_URL: '',
        DATA_DIR: data(node),
        NATS_SERVER_NAME: `node-${node}`,
        NATS_CLUSTER_LISTEN: routes[node] ?? '',
        NATS_CLUSTER_ROUTES: routes.join(','),
        NATS_CLUSTER_SECRET: SECRET,
      },
    });
  }

  function killServer(node: number): void {
    try {
      process.kill(Number(readFileSync(join(data(node), 'nats', 'nats.pid'), 'utf8')), 'SIGKILL');
    } catch {
      // It is gone.
    }
  }

  async function die(node: number): Promise<void> {
    killServer(node);
    await nodes[node]?.kill('SIGKILL');
  }

  function natsUrl(node: number): string {
    const { port, password } = JSON.parse(readFileSync(join(data(node), 'nats.json'), 'utf8')) as {
      port: number;
      password: string;
    };
    return `nats://mono:${password}@127.0.0.1:${port}`;
  }

  test(
    'one dies, comes back, then a second: no acknowledged write or event is lost',
    async () => {
      const clients = Array.from({ length: CLIENTS }, (_, number) => new LoadClient(`client ${number}`, reachable));
      const end = new AbortController();
      const begin = Date.now();
      const load = Promise.all(clients.map((client) => client.writeUntil(() => end.signal.aborted)));
      const blows = (async () => {
        await delay(CALM_MS);
        for (const node of [0, 1]) {
          await die(node);
          await delay(CALM_MS);
          await start(node);
          await delay(CALM_MS);
        }
      })().finally(() => end.abort());
      for (const outcome of await Promise.allSettled([load, blows]))
        if (outcome.status === 'rejected') throw outcome.reason;
      const loadMs = Date.now() - begin;
      await until('nothing waits to be published', async () => {
        const metrics = await fetch(`${nodes[2]?.url}/metrics`).then((answer) => answer.text());
        return /outbox_pending\{module="tasks"\} 0\n/.test(metrics);
      });
      const writes = clients.flatMap((client) => client.writes);
      const verdict = judgeStream(await readStream(natsUrl(2), 'EVENTS_TASKS'), writes);
      process.stdout.write(
        `cluster: ${writes.length} writes acknowledged in ${loadMs} ms by ${CLIENTS} clients over three nodes, two of which were ` +
          `killed in turn with their servers; ${verdict.messages} messages, missing ${verdict.missing.length}, different ` +
          `${verdict.different.length}, out of order ${verdict.outOfOrder.length}\n`,
      );
      expect(writes.length).toBeGreaterThan(CLIENTS * 5);
      expect(verdict).toMatchObject({ missing: [], different: [], outOfOrder: [], ambiguous: [] });
    },
    LIMIT_MS,
  );
});
