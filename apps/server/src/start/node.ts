// A running node: from configuration to listening, and back.
//
// Start and leave take one lock per DATA_DIR, so that servers are started once, and that the last node that leaves stops
// them while no other is about to join.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { BusConnection, OutboxRelay } from '@mono/bus';
import {
  createLogger,
  Health,
  Instances,
  Metrics,
  ProcessLock,
  Supervisor,
  type Database,
  type Logger,
} from '@mono/platform';
import { OUTBOX_PENDING, TASKS_BY_STATUS } from '@mono/tasks/module';
import type { ModuleName } from '../app.module.js';
import type { Configuration } from '../configuration.js';
import { createEdge } from '../edge/create-edge.js';
import { ensureFirstKey } from './first-key.js';
import { listen } from './listen.js';
import { closeDatabases, openDatabases, placeOf } from './open-databases.js';
import { withProgress, type Say } from './progress.js';
import { chooseServers, type Servers } from './servers.js';

export interface RunningNode {
  url: string;
  /** Without password. */
  natsUrl: string;
  firstKey: { shown: string | undefined; forget(): void };
  logger: Logger;
  /** Finishes what is in flight (bounded), closes in order, and stops the embedded servers if this node is the last. */
  leave(): Promise<void>;
}

export async function startNode(configuration: Configuration, say: Say): Promise<RunningNode> {
  const dataDirectory = resolve(configuration.node.DATA_DIR);
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const logger = createLogger(logOptions(configuration));
  const lock = new ProcessLock(join(dataDirectory, 'lock'));
  const instances = new Instances(join(dataDirectory, 'instances'));
  await lock.acquire((pid) => say(`Waiting for another instance (process ${pid}) that starts or leaves …`));
  try {
    const servers = await chooseServers(configuration, dataDirectory, say);
    const leaveServers = (): Promise<void> => stopIfLast(instances, servers);
    try {
      // Registered before the servers are joined: whoever leaves meanwhile keeps them.
      instances.register('');
      for (const server of servers.embedded)
        await withProgress(say, `Starting ${server.name}`, () => server.ensureRunning());
      const databases = await withProgress(say, 'Bringing the database up to date', () =>
        openDatabases(configuration, servers.databaseUrl()),
      );
      return await run({ configuration, dataDirectory, logger, servers, databases, instances, leaveServers });
    } catch (error) {
      instances.unregister();
      await leaveServers();
      throw error;
    }
  } finally {
    lock.release();
  }
}

interface Parts {
  configuration: Configuration;
  dataDirectory: string;
  logger: Logger;
  servers: Servers;
  databases: Record<ModuleName, Database>;
  instances: Instances;
  leaveServers: () => Promise<void>;
}

async function run(parts: Parts): Promise<RunningNode> {
  const { configuration, dataDirectory, logger, servers, databases, instances, leaveServers } = parts;
  const firstKey = await ensureFirstKey(configuration, databases.auth, dataDirectory);
  const connection = new BusConnection({ url: servers.natsUrl(), name: `mono ${process.pid}`, logger });
  connection.start();
  const health = new Health([
    { name: 'database', required: true, isUp: () => databases.tasks.query('SELECT 1').then(() => true) },
    { name: 'bus', required: false, isUp: () => connection.connected },
  ]);
  const metrics = new Metrics();
  let application: NestFastifyApplication | undefined;
  const close = async (): Promise<void> => {
    await application?.close();
    await connection.close();
    await closeDatabases(databases);
  };
  let url: string;
  try {
    application = await createEdge({ configuration, databases, connection, health, metrics, logger });
    watch(metrics, databases, connection, application);
    url = await listen(application, configuration);
  } catch (error) {
    await close();
    throw error;
  }
  instances.register(url);
  health.state = 'ready';
  const guard = (work: () => Promise<void>): Promise<void> => new ProcessLock(join(dataDirectory, 'lock')).hold(work);
  const supervisor = new Supervisor(join(dataDirectory, 'supervisor'), servers.embedded, guard, (message, error) =>
    logger.warn({ err: error }, message),
  );
  supervisor.start();
  return {
    url,
    natsUrl: `nats://${placeOf(servers.natsUrl().split(',')[0] ?? '')}`,
    firstKey,
    logger,
    async leave() {
      health.state = 'draining';
      supervisor.stop();
      await withinLimit(configuration, close(), logger);
      await guard(async () => {
        instances.unregister();
        await leaveServers();
      });
    },
  };
}

function watch(
  metrics: Metrics,
  databases: Record<ModuleName, Database>,
  connection: BusConnection,
  application: NestFastifyApplication,
): void {
  const relay = application.get(OutboxRelay);
  metrics.watchPools({ auth: databases.auth.pool, tasks: databases.tasks.pool });
  metrics.gauge('bus_connected', 'Whether the node is connected to the bus.', () => Number(connection.connected));
  metrics.gauge('bus_reconnects', 'Times that the node has reconnected to the bus.', () => connection.reconnects);
  metrics.gauge('outbox_published', 'Events that this node has published.', () => relay.publishedTotal);
  metrics.gauge('outbox_refused', 'Events that the bus has refused this node.', () => relay.refusedTotal);
  metrics.gauge('outbox_leader', 'Whether this node is the one that relays.', () => Number(relay.isLeader));
  metrics.gauge('outbox_pending', 'Events that wait to be published.', async () => {
    const [row] = await databases.tasks.query<{ pending: number }>(OUTBOX_PENDING);
    return row?.pending ?? 0;
  });
  metrics.gauges('tasks_count', 'Tasks of all workspaces by status.', 'status', async () => {
    const rows = await databases.tasks.query<{ status: string; count: number }>(TASKS_BY_STATUS);
    return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
  });
}

async function withinLimit({ node }: Configuration, work: Promise<void>, logger: Logger): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((done) => {
    timer = setTimeout(() => {
      logger.warn({ seconds: node.SHUTDOWN_TIMEOUT_SECONDS }, 'Not everything in flight has ended in time');
      done();
    }, node.SHUTDOWN_TIMEOUT_SECONDS * 1_000);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}

async function stopIfLast(instances: Instances, servers: Servers): Promise<void> {
  if (instances.living().length > 0) return;
  for (const server of servers.embedded.toReversed()) await server.stop();
}

function logOptions({ node, logging }: Configuration): { level: string; format: 'json' | 'pretty' } {
  const people = node.APP_ENV === 'dev';
  return {
    level: logging.LOG_LEVEL ?? (people ? 'debug' : 'info'),
    format: logging.LOG_FORMAT ?? (people ? 'pretty' : 'json'),
  };
}
