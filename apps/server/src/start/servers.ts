// Which servers this node needs: those that it is told of, and embedded ones for the rest.
import { resolve } from 'node:path';
import {
  EmbeddedNats,
  natsServerSource,
  natsServerVersion,
  obtainProgram,
  type ClusterOptions,
  type JetStreamStore,
  type NatsServerSettings,
  EmbeddedPostgres,
  type EmbeddedServer,
} from '@mono/embedded';
import { StartUpError, type DatabasePlace, type Logger } from '@mono/platform';
import type { Configuration } from '../configuration.js';
import { CHECKOUT } from './places.js';

export interface Servers {
  /** In the order in which they start. */
  embedded: EmbeddedServer[];
  /** Once they run. */
  database(): DatabasePlace;
  /** Once they run. With its password: not for logs. */
  natsUrl: () => string;
  /** Of the embedded server, where it has one of its own. */
  natsServerName: () => string | undefined;
  /** Of the embedded NATS server, where there is one. @returns undefined where JetStream does not serve. */
  store: (() => Promise<JetStreamStore | undefined>) | undefined;
  /** Copies of a stream. */
  replicas: number;
  /** Brings what they log into the node's log, and keeps their logs small. @returns how to stop. */
  followLogs(logger: Logger): () => void;
}

export async function chooseServers(
  configuration: Configuration,
  dataDirectory: string,
  progress: (message: string) => void,
): Promise<Servers> {
  const { DATABASE_URL } = configuration.database;
  const { NATS_URL } = configuration.bus;
  const postgres = DATABASE_URL === undefined ? await EmbeddedPostgres.in(dataDirectory) : undefined;
  const nats = NATS_URL === undefined ? embeddedNats(configuration, dataDirectory, progress) : undefined;
  return {
    embedded: [postgres, nats].filter((server) => server !== undefined),
    database: () => (postgres ? { url: postgres.url, server: postgres } : { url: DATABASE_URL ?? '' }),
    natsUrl: () => NATS_URL ?? nats?.url ?? '',
    natsServerName: () => nats?.serverName,
    store: nats && (() => nats.store()),
    followLogs: (logger) => {
      const stops = [
        nats?.followLog(({ level, message }) => logger[level]({ server: 'nats' }, message)),
        postgres?.logs.keepSmall((error) => logger.warn({ err: error }, 'Old logs of PostgreSQL cannot be removed')),
      ];
      return () => {
        for (const stop of stops) stop?.();
      };
    },
    replicas: Math.min(MOST_REPLICAS, configuration.bus.NATS_CLUSTER_ROUTES?.length ?? 1),
  };
}

const MOST_REPLICAS = 3;

/** Which settings go together has been seen to. */
function clusterOf(bus: Configuration['bus']): ClusterOptions | undefined {
  const { NATS_CLUSTER_ROUTES: routes, NATS_CLUSTER_LISTEN: listen = '', NATS_CLUSTER_SECRET: secret = '' } = bus;
  return routes && { routes, listen, secret, serverName: bus.NATS_SERVER_NAME ?? '' };
}

function absolute(file: string | undefined): string | undefined {
  return file === undefined ? undefined : resolve(file);
}

function serverOf(bus: Configuration['bus']): NatsServerSettings {
  const { NATS_SERVER_TLS_CERT_FILE: certFile, NATS_SERVER_TLS_KEY_FILE: keyFile, NATS_TLS_CA_FILE: caFile } = bus;
  return {
    host: bus.NATS_HOST,
    port: bus.NATS_PORT,
    storeDirectory: absolute(bus.NATS_STORE_DIR),
    domain: bus.NATS_JETSTREAM_DOMAIN,
    maxPayloadBytes: bus.NATS_MAX_PAYLOAD,
    maxStoreBytes: bus.NATS_MAX_FILE_STORE,
    syncInterval: bus.NATS_SYNC_INTERVAL,
    logLevel: bus.NATS_LOG_LEVEL,
    tls:
      certFile === undefined || keyFile === undefined
        ? undefined
        : { certFile: resolve(certFile), keyFile: resolve(keyFile), caFile: absolute(caFile) },
  };
}

function embeddedNats(
  { bus }: Configuration,
  dataDirectory: string,
  progress: (message: string) => void,
): EmbeddedNats {
  return new EmbeddedNats({
    dataDirectory,
    configuration: resolve(CHECKOUT, 'nats.conf'),
    cluster: clusterOf(bus),
    server: serverOf(bus),
    program: async () => {
      const environment = { ...process.env, NATS_SERVER_BIN: bus.NATS_SERVER_BIN };
      const cacheDirectory = resolve(CHECKOUT, 'node_modules/.cache/mono');
      const source = natsServerSource(bus.NATS_SERVER_MIRROR);
      const program = await obtainProgram(source, { cacheDirectory, environment, progress }).catch((cause: unknown) => {
        throw new StartUpError((cause as Error).message, 'Or set NATS_URL to a server of your own.', { cause });
      });
      await natsServerVersion(program).catch((cause: unknown) => {
        const remedy = 'Name a nats-server in NATS_SERVER_BIN, or unset it to get the official release.';
        throw new StartUpError((cause as Error).message, remedy, { cause });
      });
      return program;
    },
  });
}
