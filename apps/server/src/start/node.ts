// Starts a node. Start and leave take one lock per DATA_DIR, so that the servers are started once, and the last node that leaves
// stops them while no other node is about to join.
import { join, resolve } from 'node:path';
import { createLogger, installZoneData, platformMigrations, type Logger } from '@mono/platform';
import { Instances, ProcessLock, removeUnmarked, requireDataDirectory } from '@mono/embedded';
import { databaseOwner, PLATFORM, withKeptSecrets, type Configuration } from '../configuration.js';
import { loadFeatures, type RunningFeature } from '../features.js';
import { openDatabases, type Owner } from './open-databases.js';
import { logOptions, requireFiles, traceIfAsked } from './prepare.js';
import { withProgress, type Say } from './progress.js';
import { runNode, type RunningNode } from './run-node.js';
import { keptSecret } from './secrets.js';
import { chooseServers, type Servers } from './servers.js';

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
      // Registered first, so that a node that leaves meanwhile does not stop the servers.
      instances.register('');
      for (const server of servers.embedded)
        await withProgress(say, `Starting ${server.name}`, () => server.ensureRunning());
      if (servers.embedded.some(({ relocated }) => relocated)) settle(dataDirectory, logger);
      const features = await loadFeatures(configuration.node.MODULES);
      const owners = ownersOf(features);
      const databases = await withProgress(say, 'Migrating the database', () =>
        openDatabases(configuration, servers.database(), owners, logger),
      );
      return await runNode({
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

/** In a directory that was copied or moved. Earlier releases did not mark the files of their processes. */
function settle(dataDirectory: string, logger: Logger): void {
  for (const directory of ['instances', 'supervisor']) removeUnmarked(join(dataDirectory, directory));
  logger.warn({ dataDirectory }, 'Data directory copied or moved: its servers have new ports and passwords');
}

async function stopIfLast(instances: Instances, servers: Servers): Promise<void> {
  if (instances.living().length > 0) return;
  for (const server of servers.embedded.toReversed()) await server.stop();
}
