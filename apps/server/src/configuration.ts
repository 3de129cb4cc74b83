// Every setting of a node, from one environment, parsed once.
import {
  APP_ENVIRONMENTS,
  choice,
  flag,
  integer,
  loggingSettings,
  matching,
  metricsSettings,
  parseConfiguration,
  text,
  url,
  type ConfigurationFault,
  type ConfigurationOf,
} from '@mono/platform';
import { API_KEY_FORM } from '@mono/auth/module';
import { tasksSettings } from '@mono/tasks/module';

const nodeSettings = {
  APP_ENV: choice(APP_ENVIRONMENTS, {
    description:
      'What the node runs for: decides log level, log format, and whether errors show their causes (in dev only).',
    default: 'dev',
  }),
  HOST: text({ description: 'The address to listen on.', default: '127.0.0.1' }),
  PORT: integer({
    description:
      'The port to listen on, exactly this one when set (0: any free one). Without it 3000, or the next free one.',
    min: 0,
    max: 65_535,
  }),
  DATA_DIR: text({
    description: 'Where the embedded servers keep data and logs, and where instances find each other.',
    default: 'data',
  }),
  SHUTDOWN_TIMEOUT_SECONDS: integer({
    description: 'How long a stopping node waits for what is in flight, in seconds.',
    default: 20,
    min: 1,
    max: 600,
  }),
  BOOTSTRAP_API_KEY: matching(API_KEY_FORM, 'an API key: mono_<env>_<12 hex>_<43 base64url>', {
    description: 'The first API key, instead of a random one. Counts at the first start only.',
    secret: true,
  }),
};

const databaseSettings = {
  DATABASE_URL: url(['postgres', 'postgresql'], {
    description: 'PostgreSQL (15 or newer) instead of the embedded one.',
  }),
  DATABASE_URL_AUTH: url(['postgres', 'postgresql'], { description: 'A database of its own for the module auth.' }),
  DATABASE_URL_TASKS: url(['postgres', 'postgresql'], { description: 'A database of its own for the module tasks.' }),
  DATABASE_POOL_SIZE: integer({ description: 'Connections per module and instance.', default: 16, min: 2, max: 1_000 }),
  DATABASE_STATEMENT_TIMEOUT_SECONDS: integer({
    description: 'No statement may take longer, in seconds.',
    default: 30,
    min: 1,
    max: 3_600,
  }),
};

const busSettings = {
  NATS_URL: url(['nats', 'tls'], {
    description: 'NATS with JetStream instead of the embedded server; several URLs separated by commas.',
  }),
  NATS_SERVER_BIN: text({
    description:
      'The nats-server to embed. Without it: PATH, the project’s cache, the official release, the system’s packages.',
  }),
  NATS_SERVER_MIRROR: url(['https', 'http'], {
    description: 'Where the official release is downloaded instead.',
    secret: false,
  }),
  EVENTS_MAX_AGE_DAYS: integer({
    description: 'How long the streams keep events, in days.',
    default: 30,
    min: 1,
    max: 3_650,
  }),
};

const docsSettings = {
  DOCS_ENABLED: flag({ description: 'Whether /docs and /openapi.json are served.', default: true }),
};

export const SETTINGS = {
  node: nodeSettings,
  database: databaseSettings,
  bus: busSettings,
  logging: loggingSettings,
  metrics: metricsSettings,
  docs: docsSettings,
  tasks: tasksSettings,
};

export type Configuration = ConfigurationOf<typeof SETTINGS>;

/**
 * @param more faults that were found before, as in the files that the environment comes from.
 * @throws ConfigurationError with every fault.
 */
export function readConfiguration(
  environment: Readonly<Record<string, string | undefined>>,
  more: readonly ConfigurationFault[] = [],
): Configuration {
  return parseConfiguration(SETTINGS, environment, ({ metrics }) => {
    const faults = [...more];
    if ((metrics.METRICS_USER === undefined) !== (metrics.METRICS_PASSWORD === undefined)) {
      faults.push({ name: 'METRICS_USER', issue: 'and METRICS_PASSWORD must be set together' });
    }
    return faults;
  });
}

/** Every name that means something to a node. */
export function knownNames(): ReadonlySet<string> {
  return new Set(Object.values(SETTINGS).flatMap((slice) => Object.keys(slice)));
}
