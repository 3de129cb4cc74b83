// A running node: connections, bus, jobs, health and HTTP, composed by hand because Nest starts after the servers that they use.
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DeadLetterStore } from '@mono/admin/module';
import { BusConnection, type BusConnectionOptions } from '@mono/bus';
import { Metrics, SharedZoneData, type Database, type Logger, type Tracing } from '@mono/platform';
import { instanceAt, ProcessLock, Supervisor, type Instances } from '@mono/embedded';
import { PLATFORM, type Configuration } from '../configuration.js';
import { createEdge } from '../edge/create-edge.js';
import { FEATURES, type RunningFeature } from '../features.js';
import { connectionNeeds, warnOfConnections } from './connections.js';
import { ensureFirstKey } from './first-key.js';
import { makeHealth } from './health.js';
import { listen } from './listen.js';
import { makeBus } from './make-bus.js';
import { makeJobs } from './make-jobs.js';
import { makeLimits } from './make-limits.js';
import { closeDatabases, placeOf } from './open-databases.js';
import type { Say } from './progress.js';
import { PublicUrlOfNode } from './public-url.js';
import { keptSecret } from './secrets.js';
import type { Servers } from './servers.js';

export interface RunningNode {
  url: string;
  /** Without password. */
  natsUrl: string;
  firstKey: { shown: string | undefined; file: string; forget(): void };
  logger: Logger;
  /** Finishes what is in flight (bounded), closes in order, and stops the embedded servers if this node is the last. */
  leave(options?: { keepServers?: boolean }): Promise<void>;
}

export interface NodeParts {
  configuration: Configuration;
  say: Say;
  dataDirectory: string;
  logger: Logger;
  tracing: Tracing | undefined;
  servers: Servers;
  features: readonly RunningFeature[];
  databases: Record<string, Database>;
  instances: Instances;
  leaveServers: () => Promise<void>;
}

export async function runNode(parts: NodeParts): Promise<RunningNode> {
  const { configuration, say, dataDirectory, logger, servers, databases, instances, leaveServers } = parts;
  const firstKey = databases['auth']
    ? await ensureFirstKey(configuration, databases['auth'], dataDirectory)
    : { shown: undefined, file: '', forget: () => {} };
  const core = composeCore(parts);
  const { connection, jobs, health, healthWatch, publicUrl, zones } = core;
  let application: NestFastifyApplication | undefined;
  const close = (): Promise<void> => closeAll(parts, core, application);
  let url: string;
  try {
    connection.start();
    await zones.start();
    application = await createEdge({
      ...core,
      ...parts,
      replicas: servers.replicas,
      limits: core.limits.requests,
      throttle: core.limits.throttle,
    });
    url = await listen(application, configuration, (port) =>
      say(`Port ${port} is taken by ${holderOf(port, instances)}.`),
    );
    publicUrl.listensAt(url);
  } catch (error) {
    await close();
    throw error;
  }
  const counted = { configuration, databases, shared: servers.database(), jobs };
  instances.register(url, connectionNeeds(counted));
  await warnOfConnections(counted, instances, logger);
  health.state = 'ready';
  healthWatch.start();
  const guard = (work: () => Promise<void>): Promise<void> => new ProcessLock(join(dataDirectory, 'lock')).hold(work);
  const supervisor = new Supervisor(
    join(dataDirectory, 'supervisor'),
    servers.embedded,
    guard,
    (message, error) => logger.warn({ err: error }, message),
    () => servers.followLogs(logger),
  );
  supervisor.start();
  return {
    url,
    natsUrl: `nats://${placeOf(servers.natsUrl().split(',')[0] ?? '')}`,
    firstKey,
    logger,
    async leave({ keepServers = false } = {}) {
      health.state = 'draining';
      supervisor.stop();
      await withinLimit(configuration, close(), logger);
      await guard(async () => {
        instances.unregister();
        if (!keepServers) await leaveServers();
      });
    },
  };
}

/** Everything below HTTP. Nothing of it is started. */
function composeCore({ configuration, dataDirectory, logger, servers, features, databases }: NodeParts) {
  const database = ofPlatform(databases);
  const connection = new BusConnection({
    url: servers.natsUrl,
    serverName: servers.natsServerName,
    name: `mono ${process.pid}`,
    logger,
    ...credentialsOf(configuration),
  });
  const metrics = new Metrics();
  watch(metrics, databases, connection);
  const { replicas } = servers;
  const secrets = configuration.bus.BUS_SECRET ?? [keptSecret(dataDirectory, 'bus-secret')];
  const letters = new DeadLetterStore(database);
  const jobs = makeJobs(configuration, { letters, shared: servers.database(), logger, metrics });
  const bus = makeBus({
    configuration,
    connection,
    secrets,
    replicas,
    logger,
    metrics,
    deadLetters: letters,
    databases,
  });
  const { health, watch: healthWatch } = makeHealth({
    configuration,
    databases,
    connection,
    bus,
    jobs,
    partial: features.length < FEATURES.length,
    dataDirectory: servers.embedded.length > 0 ? dataDirectory : undefined,
    store: servers.store,
    logger,
  });
  return {
    connection,
    metrics,
    letters,
    jobs,
    bus,
    health,
    healthWatch,
    zones: new SharedZoneData(database, logger),
    limits: makeLimits(configuration, { connection, database, logger }),
    publicUrl: new PublicUrlOfNode(configuration),
  };
}

type Core = ReturnType<typeof composeCore>;

/** Requests over HTTP may need the bus until they end, so the bus closes after the application. */
async function closeAll(
  { databases, tracing }: NodeParts,
  { healthWatch, bus, limits, zones, connection }: Core,
  application: NestFastifyApplication | undefined,
): Promise<void> {
  await healthWatch.stop();
  await bus.stopPulling();
  await application?.close();
  limits.stop();
  await zones.stop();
  await connection.close();
  await closeDatabases(databases);
  await tracing?.stop();
}

function holderOf(port: number, instances: Instances): string {
  const own = instanceAt(port, instances.living());
  return own ? `another instance (process ${own.pid})` : 'another program';
}

function credentialsOf({ bus }: Configuration): Pick<BusConnectionOptions, 'credentials' | 'tls'> {
  return {
    credentials: { credentialsFile: bus.NATS_CREDS_FILE, nkeySeedFile: bus.NATS_NKEY_SEED_FILE },
    tls: { caFile: bus.NATS_TLS_CA_FILE, certFile: bus.NATS_TLS_CERT_FILE, keyFile: bus.NATS_TLS_KEY_FILE },
  };
}

function ofPlatform(databases: Readonly<Record<string, Database>>): Database {
  const database = databases[PLATFORM];
  if (!database) throw new Error('Invariant violated: the database of the platform is not open.');
  return database;
}

function watch(metrics: Metrics, databases: Readonly<Record<string, Database>>, connection: BusConnection): void {
  const pools = Object.entries(databases).map(([module, { pool }]) => [module, pool] as const);
  metrics.watchPools(Object.fromEntries(pools));
  metrics.watchShares(
    Object.fromEntries(Object.entries(databases).map(([module, database]) => [module, () => database.shareCounts])),
  );
  metrics.gauge('bus_connected', 'Whether the node is connected to the bus.', () => Number(connection.connected));
  metrics.gauge('bus_reconnects', 'Times that the node has reconnected to the bus.', () => connection.reconnects);
}

async function withinLimit({ node }: Configuration, work: Promise<void>, logger: Logger): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((done) => {
    timer = setTimeout(() => {
      logger.warn({ seconds: node.SHUTDOWN_TIMEOUT_SECONDS }, 'Shutdown timed out with work in flight');
      done();
    }, node.SHUTDOWN_TIMEOUT_SECONDS * 1_000);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
