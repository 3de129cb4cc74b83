// Every setting of a node, from one environment, parsed once.
import { rateLimitSettings } from '@mono/edge';
import {
  APP_ENVIRONMENTS,
  choice,
  flag,
  integer,
  jobsSettings,
  loggingSettings,
  matching,
  names,
  metricsSettings,
  tracingSettings,
  parseConfiguration,
  text,
  url,
  type ConfigurationFault,
  type ConfigurationOf,
  type Feature,
  type Setting,
  type Settings,
  type SettingsOf,
} from '@mono/platform';
import { API_KEY_FORM, isIpRange } from '@mono/auth/contract';
import { FEATURES, FEATURE_NAMES, runningOf } from './features.js';

/** The database that every node opens: of what belongs to no module, and of the modules on every node. */
export const PLATFORM = 'platform';
const LEAST_SECRET = 16;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;
const NEEDED_IN_A_CLUSTER = [
  'DATABASE_URL',
  'BUS_SECRET',
  'NATS_SERVER_NAME',
  'NATS_CLUSTER_LISTEN',
  'NATS_CLUSTER_SECRET',
];

/** By which name a module's database is opened. */
export function databaseOwner({ name, onEveryNode }: Feature): string {
  return onEveryNode ? PLATFORM : name;
}

/** The variable that gives a module a database of its own. */
export function databaseUrlName(module: string): string {
  return `DATABASE_URL_${module.toUpperCase().replaceAll('-', '_')}`;
}

const nodeSettings = {
  APP_ENV: choice(APP_ENVIRONMENTS, {
    description:
      'Environment. Sets the defaults of the log level and log format; `dev` also shows the causes of errors to clients.',
    default: 'dev',
  }),
  HOST: text({ description: 'Address to listen on.', default: '127.0.0.1' }),
  PORT: integer({
    description: 'Port to listen on; 0 picks a free one. Default: 3000, or the next free port.',
    min: 0,
    max: 65_535,
  }),
  DATA_DIR: text({
    description: 'Directory of the embedded servers’ data and logs. Instances that share it find each other.',
    default: 'data',
  }),
  MODULES: names({
    description: `Modules to run: ${FEATURE_NAMES.join(', ')}. Every node answers every route.`,
    default: FEATURE_NAMES,
  }),
  TRASH_DAYS: integer({
    description: 'Retention of deleted things in the trash, in days. They can be restored until then.',
    default: 30,
    min: 1,
    max: 3_650,
  }),
  SHUTDOWN_TIMEOUT_SECONDS: integer({
    description: 'Maximum time to finish requests and jobs on shutdown, in seconds.',
    default: 20,
    min: 1,
    max: 600,
  }),
  CORS_ORIGINS: names({
    items: 'origins',
    description: 'Origins that browsers may call the API from; `*` allows all. Default: none.',
  }),
  HTTP_COMPRESSION: flag({
    description: 'Compress answers for clients that accept it; `false` where a reverse proxy does it.',
    default: true,
  }),
  TRUST_PROXY: names({
    items: 'addresses or CIDR ranges',
    description: 'Proxies whose `X-Forwarded-For` is trusted. Default: none.',
  }),
  DEGRADED_AFTER_SECONDS: integer({
    description:
      'Maximum delay of an unpublished event or a consumer without progress before `/readyz` reports `degraded`, in seconds.',
    default: 60,
    min: 1,
    max: 86_400,
  }),
  DEGRADED_CONSUMER_MESSAGES: integer({
    description: 'Maximum backlog of a consumer before `/readyz` reports `degraded`, in messages.',
    default: 10_000,
    min: 1,
    max: 1_000_000_000,
  }),
  DEGRADED_STORE_PERCENT: integer({
    description: 'Maximum usage of the stream store before `/readyz` reports `degraded`, in percent of its limit.',
    default: 85,
    min: 1,
    max: 100,
  }),
  DEGRADED_FREE_DISK_MB: integer({
    description: 'Minimum free space on the disk of `DATA_DIR` before `/readyz` reports `degraded`, in MiB.',
    default: 1_024,
    min: 0,
    max: 1_000_000_000,
  }),
  BOOTSTRAP_API_KEY: matching(API_KEY_FORM, 'an API key: mono_<env>_<12 hex>_<43 base64url>', {
    description: 'First API key. Used only on first start. Default: a random key.',
    secret: true,
  }),
};

const zoneSettings = {
  ZONEINFO_DIR: text({
    description: 'Directory of compiled time zone files (TZif). Used if its IANA release is the newest available.',
  }),
};

const databaseSettings = {
  DATABASE_URL: url(['postgres', 'postgresql'], {
    description: 'PostgreSQL server (15 or newer). Default: an embedded server.',
  }),
  DATABASE_POOL_SIZE: integer({
    description: 'Maximum connections per module and instance. A quarter of them may run expensive queries.',
    default: 16,
    min: 2,
    max: 1_000,
  }),
  DATABASE_STATEMENT_TIMEOUT_SECONDS: integer({
    description: 'Maximum duration of a statement, in seconds.',
    default: 30,
    min: 1,
    max: 3_600,
  }),
};

/** DATABASE_URL_<MODULE> for every module, and for what belongs to none. */
const moduleDatabaseSettings: Readonly<Record<string, Setting<string | undefined>>> = Object.fromEntries(
  [...FEATURE_NAMES, PLATFORM].map((module) => [
    databaseUrlName(module),
    url(['postgres', 'postgresql'], { description: `Separate database of the module ${module}.` }),
  ]),
);

const busSettings = {
  NATS_URL: url(['nats', 'tls'], {
    description: 'NATS servers with JetStream, comma-separated. Default: an embedded server.',
  }),
  NATS_CREDS_FILE: text({ description: 'Credentials file (JWT and NKey seed) for `NATS_URL`.' }),
  NATS_NKEY_SEED_FILE: text({ description: 'NKey seed file for `NATS_URL`.' }),
  NATS_TLS_CA_FILE: text({ description: 'PEM file of the CA that signed the certificate of `NATS_URL`.' }),
  NATS_TLS_CERT_FILE: text({ description: 'PEM file of the client certificate for `NATS_URL`.' }),
  NATS_TLS_KEY_FILE: text({ description: 'PEM file of the client certificate’s private key.' }),
  NATS_CLUSTER_ROUTES: names({
    items: 'host:port pairs',
    description:
      'Routes of all cluster nodes, including this one. Joins the embedded servers into one cluster. Requires `DATABASE_URL`, `BUS_SECRET`, `NATS_SERVER_NAME`, `NATS_CLUSTER_LISTEN` and `NATS_CLUSTER_SECRET`.',
  }),
  NATS_CLUSTER_LISTEN: matching(/^[^\s"']+:\d{1,5}$/, 'host:port', {
    description: 'Address of the embedded server for cluster routes.',
  }),
  NATS_CLUSTER_SECRET: matching(
    /^[A-Za-z][A-Za-z0-9_-]{15,}$/,
    '16 letters, digits, `_` or `-` or more, beginning with a letter',
    {
      description: 'Shared secret of the cluster’s servers.',
      secret: true,
    },
  ),
  NATS_SERVER_NAME: matching(/^[A-Za-z][A-Za-z0-9_-]*$/, 'letters, digits, `_` and `-`, beginning with a letter', {
    description: 'Unique, stable name of the embedded server in the cluster.',
  }),
  NATS_HOST: text({
    description: 'Address of the embedded server. TLS is required on other addresses than loopback.',
    default: '127.0.0.1',
  }),
  NATS_PORT: integer({
    description: 'Port of the embedded server. Default: a free port, kept from the first start.',
    min: 1,
    max: 65_535,
  }),
  NATS_STORE_DIR: text({
    description: 'Directory of the embedded server’s streams. Default: a directory in `DATA_DIR`.',
  }),
  NATS_MAX_FILE_STORE: integer({
    description:
      'Maximum size of the embedded server’s streams, in bytes. Default: three quarters of their current size plus the free disk space, adjusted as the disk fills.',
    min: 16_777_216,
    max: 1_125_899_906_842_624,
  }),
  NATS_JETSTREAM_DOMAIN: matching(/^[A-Za-z0-9_-]{1,64}$/, 'letters, digits, `_` and `-`', {
    description: 'JetStream domain of the embedded server, for leaf nodes.',
  }),
  NATS_MAX_PAYLOAD: integer({
    description: 'Maximum message size of the embedded server, in bytes.',
    default: 8_388_608,
    min: 1_048_576,
    max: 67_108_864,
  }),
  NATS_SYNC_INTERVAL: matching(
    /^(?:always|[1-9]\d{0,5}(?:ms|s|m))$/,
    '`always` or a duration such as `500ms`, `1s` or `2m`',
    {
      description:
        'Interval between fsyncs of the embedded server. Messages since the last fsync are lost on a power cut and published again from the outbox. `always` syncs each message. Servers before 2.10 ignore it and sync every two minutes.',
      default: '1s',
    },
  ),
  NATS_SERVER_TLS_CERT_FILE: text({
    description:
      'PEM file of the embedded server’s certificate; enables TLS. Clients verify it with `NATS_TLS_CA_FILE`.',
  }),
  NATS_SERVER_TLS_KEY_FILE: text({ description: 'PEM file of the embedded server’s private key.' }),
  NATS_LOG_LEVEL: choice(['info', 'debug', 'trace'], {
    description: 'Log level of the embedded server.',
    default: 'info',
  }),
  NATS_SERVER_BIN: text({
    description:
      'Path of the nats-server to embed. Default: the first of PATH, the project’s cache, the official release and the system’s packages.',
  }),
  NATS_SERVER_MIRROR: url(['https', 'http'], {
    description: 'Mirror of the official nats-server releases.',
    secret: false,
  }),
  BUS_SECRET: names({
    items: `secrets of ${LEAST_SECRET} or more characters`,
    description:
      'Signs the caller’s identity between nodes. Current secret first. Required with `NATS_URL`; otherwise generated and stored in `DATA_DIR`.',
    secret: true,
  }),
  BUS_ROUTE: choice(['remote', 'local-first'], {
    description: 'Transport between modules of one process: always NATS (`remote`), or direct calls (`local-first`).',
    default: 'remote',
  }),
  EVENTS_RETRY_MINUTES: integer({
    description: 'Retry period of a failed event before it becomes a dead letter, in minutes. Outages do not count.',
    default: 60,
    min: 0,
    max: 10_080,
  }),
  EVENTS_MAX_AGE_DAYS: integer({
    description: 'Retention of events in the streams, in days.',
    default: 30,
    min: 1,
    max: 3_650,
  }),
};

const docsSettings = {
  DOCS_ENABLED: flag({ description: 'Serve `/docs` and `/openapi.json`.', default: true }),
};

const NODE_SETTINGS = {
  node: nodeSettings,
  zones: zoneSettings,
  database: databaseSettings,
  moduleDatabases: moduleDatabaseSettings,
  bus: busSettings,
  jobs: jobsSettings,
  logging: loggingSettings,
  metrics: metricsSettings,
  tracing: tracingSettings,
  rateLimits: rateLimitSettings,
  docs: docsSettings,
};

/** Every setting, in slices. */
export const SETTINGS: Readonly<Record<string, Settings>> = {
  ...NODE_SETTINGS,
  ...Object.fromEntries(FEATURES.map(({ name, settings }) => [featureSlice(name), settings])),
};

export type Configuration = ConfigurationOf<typeof NODE_SETTINGS>;

export function isTraced({ tracing }: Configuration): boolean {
  return tracing.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined;
}

/** What a module has been told, wherever it runs. */
export function settingsOf(configuration: Configuration, module: string): SettingsOf<Settings> {
  return (configuration as unknown as Readonly<Record<string, SettingsOf<Settings>>>)[featureSlice(module)] ?? {};
}

/** The configuration with the secrets that nobody chose. @param keep finds or makes the one of this name. */
export function withKeptSecrets(configuration: Configuration, keep: (name: string) => string): Configuration {
  const slices: Record<string, SettingsOf<Settings>> = { ...configuration };
  for (const { name: feature, settings } of runningOf(configuration.node.MODULES)) {
    const values: Record<string, unknown> = { ...settingsOf(configuration, feature) };
    for (const [name, { keptAs }] of Object.entries(settings)) {
      if (keptAs !== undefined) values[name] ??= [keep(keptAs)];
    }
    slices[featureSlice(feature)] = values;
  }
  return slices as unknown as Configuration;
}

function keptNamesOf(modules: readonly string[]): string[] {
  const settings = runningOf(modules).flatMap((feature) => Object.entries(feature.settings));
  return settings.flatMap(([name, { keptAs }]) => (keptAs === undefined ? [] : [name]));
}

function featureSlice(module: string): string {
  return `module ${module}`;
}

/**
 * @param more faults that were found before, as in the files that the environment comes from.
 * @throws ConfigurationError with every fault.
 */
export function readConfiguration(
  environment: Readonly<Record<string, string | undefined>>,
  more: readonly ConfigurationFault[] = [],
): Configuration {
  return parseConfiguration(SETTINGS as typeof NODE_SETTINGS, environment, (configuration) => {
    const { metrics, node, bus, database } = configuration;
    const faults = [...more];
    for (const { name, faults: find } of FEATURES) faults.push(...(find?.(settingsOf(configuration, name)) ?? []));
    const unknown = (node.MODULES ?? []).filter((name) => !FEATURE_NAMES.includes(name));
    if (unknown.length > 0) {
      const issue = `names unknown modules: ${unknown.join(', ')}; known are ${FEATURE_NAMES.join(', ')}`;
      faults.push({ name: 'MODULES', issue });
    }
    if (bus.BUS_SECRET?.some((secret) => secret.length < LEAST_SECRET)) {
      faults.push({ name: 'BUS_SECRET', issue: `must have ${LEAST_SECRET} characters or more` });
    }
    if (node.CORS_ORIGINS?.some((origin) => origin !== '*' && !isOrigin(origin))) {
      faults.push({ name: 'CORS_ORIGINS', issue: 'must hold origins such as https://app.example, or *' });
    }
    if (node.TRUST_PROXY?.some((range) => !isIpRange(range))) {
      faults.push({ name: 'TRUST_PROXY', issue: 'must hold addresses or CIDR ranges' });
    }
    if (database.DATABASE_URL !== undefined) {
      for (const name of keptNamesOf(node.MODULES ?? [])) {
        if ((environment[name] ?? '').trim() !== '') continue;
        faults.push({ name, issue: 'must be set with DATABASE_URL, the same on all nodes' });
      }
    }
    const shared = { ...bus, ...database } as Readonly<Record<string, unknown>>;
    for (const name of bus.NATS_CLUSTER_ROUTES === undefined ? [] : NEEDED_IN_A_CLUSTER) {
      if (shared[name] === undefined) faults.push({ name, issue: 'must be set with NATS_CLUSTER_ROUTES' });
    }
    if (bus.NATS_CLUSTER_ROUTES !== undefined && bus.NATS_URL !== undefined) {
      faults.push({ name: 'NATS_URL', issue: 'cannot be set with NATS_CLUSTER_ROUTES' });
    }
    if (!LOOPBACK.test(bus.NATS_HOST) && bus.NATS_SERVER_TLS_CERT_FILE === undefined) {
      faults.push({ name: 'NATS_SERVER_TLS_CERT_FILE', issue: 'must be set where NATS_HOST is beyond this machine' });
    }
    if ((bus.NATS_SERVER_TLS_CERT_FILE === undefined) !== (bus.NATS_SERVER_TLS_KEY_FILE === undefined)) {
      faults.push({ name: 'NATS_SERVER_TLS_CERT_FILE', issue: 'and NATS_SERVER_TLS_KEY_FILE must be set together' });
    }
    if (bus.NATS_URL !== undefined && (bus.BUS_SECRET ?? []).length === 0) {
      faults.push({ name: 'BUS_SECRET', issue: 'must be set with NATS_URL, the same on all nodes' });
    }
    if ((metrics.METRICS_USER === undefined) !== (metrics.METRICS_PASSWORD === undefined)) {
      faults.push({ name: 'METRICS_USER', issue: 'and METRICS_PASSWORD must be set together' });
    }
    return faults;
  });
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

/** Every name that means something to a node. */
export function knownNames(): ReadonlySet<string> {
  return new Set(Object.values(SETTINGS).flatMap((slice) => Object.keys(slice)));
}
