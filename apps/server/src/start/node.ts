// A running node: from configuration to listening, and back.
//
// Start and leave take one lock per DATA_DIR, so that servers are started once, and that the last node that leaves stops
// them while no other is about to join.
import { accessSync, constants } from 'node:fs';
import { join, resolve } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DeadLetterStore } from '@mono/admin/module';
import { BusConnection, type BusConnectionOptions } from '@mono/bus';
import {
  createLogger,
  installZoneData,
  Metrics,
  platformMigrations,
  StartUpError,
  SharedZoneData,
  startTracing,
  traceFacts,
  type Database,
  type Logger,
  type LoggerOptions,
  type Tracing,
} from '@mono/platform';
import { instanceAt, Instances, ProcessLock, removeUnmarked, requireDataDirectory, Supervisor } from '@mono/embedded';
import { databaseOwner, isTraced, PLATFORM, withKeptSecrets, type Configuration } from '../configuration.js';
import { createEdge } from '../edge/create-edge.js';
import { FEATURES, loadFeatures, type RunningFeature } from '../features.js';
import { connectionNeeds, warnOfConnections } from './connections.js';
import { ensureFirstKey } from './first-key.js';
import { makeHealth } from './health.js';
import { listen } from './listen.js';
import { makeBus } from './make-bus.js';
import { makeJobs } from './make-jobs.js';
import { makeLimits } from './make-limits.js';
import { closeDatabases, openDatabases, placeOf, type Owner } from './open-databases.js';
import { PublicUrlOfNode } from './public-url.js';
import { keptSecret } from './secrets.js';
import { withProgress, type Say } from './progress.js';
import { chooseServers, type Servers } from './servers.js';

export interface RunningNode {
  url: string;
  /** Without password. */
  natsUrl: string;
  firstKey: { shown: string | undefined; file: string; forget(): void };
  logger: Logger;
  /** Finishes what is in flight (bounded), closes in order, and stops the embedded servers if this node is the last. */
  leave(options?: { keepServers?: boolean }): Promise<void>;
}

export async function startNode(given: Configuration, say: Say): Promise<RunningNode> {
  requireFiles(given);
  const dataDirectory = resolve(given.node.DATA_DIR);
  requireDataDirectory(dataDirectory);
  const configuration = withKeptSecrets(given, (name) => keptSecret(dataDirectory, name));
  const logger = createLogger(logOptions(configuration));
  const { release, origin } = installZoneData({
    directory: configuration.zones.ZONEINFO_DIR,
    onFault: (message, facts) => logger.warn(facts, message),
  });
  logger.info({ release, origin }, 'Time zone data');
  const tracing = await traceIfAsked(configuration, logger);
  const lock = new ProcessLock(join(dataDirectory, 'lock'));
  const instances = new Instances(join(dataDirectory, 'instances'));
  await lock.acquire((pid) => say(`Waiting for another instance (process ${pid}) to start or stop …`));
  try {
    const servers = await chooseServers(configuration, dataDirectory, say);
    const leaveServers = (): Promise<void> => stopIfLast(instances, servers);
    try {
      // Registered before the servers are joined: whoever leaves meanwhile keeps them.
      instances.register('');
      for (const server of servers.embedded)
        await withProgress(say, `Starting ${server.name}`, () => server.ensureRunning());
      if (servers.embedded.some(({ relocated }) => relocated)) settle(dataDirectory, logger);
      const features = await loadFeatures(configuration.node.MODULES);
      const owners = ownersOf(features);
      const databases = await withProgress(say, 'Migrating the database', () =>
        openDatabases(configuration, servers.database(), owners, logger),
      );
      return await run({
        configuration,
        say,
        dataDirectory,
        logger,
        tracing,
        servers,
        features,
        databases,
        instances,
        leaveServers,
      });
    } catch (error) {
      instances.unregister();
      await leaveServers();
      throw error;
    }
  } finally {
    lock.release();
  }
}

/** The databases that this node opens, each with its migrations. */
function ownersOf(running: readonly RunningFeature[]): Owner[] {
  const features = running.map(({ feature }) => feature);
  const migrations = Map.groupBy(features, databaseOwner);
  const shared = migrations.get(PLATFORM) ?? [];
  migrations.delete(PLATFORM);
  return [
    { name: PLATFORM, migrations: [...platformMigrations, ...shared.flatMap((feature) => feature.migrations)] },
    ...[...migrations].map(([name, of]) => ({ name, migrations: of.flatMap((feature) => feature.migrations) })),
  ];
}

interface Parts {
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

async function run(parts: Parts): Promise<RunningNode> {
  const { configuration, say, dataDirectory, logger, tracing, servers, features, databases, instances, leaveServers } =
    parts;
  const firstKey = databases['auth']
    ? await ensureFirstKey(configuration, databases['auth'], dataDirectory)
    : { shown: undefined, file: '', forget: () => {} };
  const connection = new BusConnection({
    url: servers.natsUrl,
    serverName: servers.natsServerName,
    name: `mono ${process.pid}`,
    logger,
    ...credentialsOf(configuration),
  });
  connection.start();
  const metrics = new Metrics();
  const { replicas } = servers;
  const secrets = configuration.bus.BUS_SECRET ?? [keptSecret(dataDirectory, 'bus-secret')];
  const letters = new DeadLetterStore(ofPlatform(databases));
  const jobs = makeJobs(configuration, {
    letters,
    shared: servers.database(),
    logger,
    metrics,
  });
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
  const zones = new SharedZoneData(ofPlatform(databases), logger);
  const limits = makeLimits(configuration, { connection, database: ofPlatform(databases), logger });
  const publicUrl = new PublicUrlOfNode(configuration);
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
  let application: NestFastifyApplication | undefined;
  // Requests over HTTP may need the bus to their end: it is drained behind them.
  const close = async (): Promise<void> => {
    await healthWatch.stop();
    await bus.stopPulling();
    await application?.close();
    limits.stop();
    await zones.stop();
    await connection.close();
    await closeDatabases(databases);
    await tracing?.stop();
  };
  let url: string;
  try {
    watch(metrics, databases, connection);
    await zones.start();
    application = await createEdge({
      configuration,
      publicUrl,
      features,
      databases,
      connection,
      bus,
      replicas,
      letters,
      health,
      limits: limits.requests,
      throttle: limits.throttle,
      jobs,
      metrics,
      logger,
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

function holderOf(port: number, instances: Instances): string {
  const own = instanceAt(port, instances.living());
  return own ? `another instance (process ${own.pid})` : 'another program';
}

/** In a directory that was copied or moved. Earlier releases did not mark the files of their processes. */
function settle(dataDirectory: string, logger: Logger): void {
  for (const directory of ['instances', 'supervisor']) removeUnmarked(join(dataDirectory, directory));
  logger.warn({ dataDirectory }, 'Data directory copied or moved: its servers have new ports and passwords');
}

/** A file that is missing is told now, not by a bus that never comes. @throws StartUpError */
function requireFiles({ bus, jobs }: Configuration): void {
  for (const [name, file] of Object.entries({ ...bus, ...jobs })) {
    if (!name.endsWith('_FILE') || typeof file !== 'string') continue;
    try {
      accessSync(file, constants.R_OK);
    } catch (cause) {
      throw new StartUpError(
        `${name} names a file that cannot be read: ${file}.`,
        'Correct the path or its permissions.',
        {
          cause,
        },
      );
    }
  }
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

async function stopIfLast(instances: Instances, servers: Servers): Promise<void> {
  if (instances.living().length > 0) return;
  for (const server of servers.embedded.toReversed()) await server.stop();
}

async function traceIfAsked({ tracing }: Configuration, logger: Logger): Promise<Tracing | undefined> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, TRACE_SAMPLE_PERCENT: samplePercent } = tracing;
  if (endpoint === undefined) return undefined;
  return startTracing({ endpoint, samplePercent, instance: `node-${process.pid}`, logger });
}

function logOptions(configuration: Configuration): LoggerOptions {
  const { node, logging } = configuration;
  const people = node.APP_ENV === 'dev';
  return {
    level: logging.LOG_LEVEL ?? (people ? 'debug' : 'info'),
    format: logging.LOG_FORMAT ?? (people ? 'pretty' : 'json'),
    facts: isTraced(configuration) ? traceFacts : undefined,
  };
}
