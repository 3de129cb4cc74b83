// Every setting of a node, from one environment, parsed once.
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
  rateLimitSettings,
  parseConfiguration,
  text,
  url,
  type ConfigurationFault,
  type ConfigurationOf,
  type Setting,
  type Settings,
  type SettingsOf,
} from '@mono/platform';
import { API_KEY_FORM, isIpRange } from '@mono/auth/contract';
import { FEATURES, FEATURE_NAMES } from './features.js';

/** What belongs to no module: dead letters, audit. */
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

/** The variable that gives a module a database of its own. */
export function databaseUrlName(module: string): string {
  return `DATABASE_URL_${module.toUpperCase().replaceAll('-', '_')}`;
}

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
  MODULES: names({
    description: `The modules that run here, out of ${FEATURE_NAMES.join(', ')}. Every node answers every route all the same.`,
    default: FEATURE_NAMES,
  }),
  SHUTDOWN_TIMEOUT_SECONDS: integer({
    description: 'How long a stopping node waits for what is in flight, in seconds.',
    default: 20,
    min: 1,
    max: 600,
  }),
  CORS_ORIGINS: names({
    description: 'The origins whose pages may call the API, behind commas; `*` for all. Without it none.',
  }),
  TRUST_PROXY: names({
    description:
      'The proxies whose forwarded address of the client counts, as addresses or CIDR ranges behind commas. Without it none.',
  }),
  AUDIT_SECRET: names({
    description:
      'Keys the audit trail, 16 characters or more; the current one first, former ones behind commas, so that their rows still verify. Demanded with `DATABASE_URL`, else made and kept in `DATA_DIR`.',
    secret: true,
  }),
  AUDIT_RETENTION_DAYS: integer({
    description: 'How long the audit trail keeps a row, in days. Without it for ever.',
    min: 1,
    max: 36_500,
  }),
  DEGRADED_AFTER_SECONDS: integer({
    description:
      'How long an event may wait to be published, or a consumer of events may make no progress, before `/readyz` shows `degraded`, in seconds.',
    default: 60,
    min: 1,
    max: 86_400,
  }),
  DEGRADED_CONSUMER_MESSAGES: integer({
    description: 'The number of messages that may wait for a consumer before `/readyz` shows `degraded`.',
    default: 10_000,
    min: 1,
    max: 1_000_000_000,
  }),
  DEGRADED_STORE_PERCENT: integer({
    description: 'How full the store of streams may be before `/readyz` shows `degraded`, in percent of its limit.',
    default: 85,
    min: 1,
    max: 100,
  }),
  DEGRADED_FREE_DISK_MB: integer({
    description: 'The least free space on the disk of `DATA_DIR` before `/readyz` shows `degraded`, in MiB.',
    default: 1_024,
    min: 0,
    max: 1_000_000_000,
  }),
  BOOTSTRAP_API_KEY: matching(API_KEY_FORM, 'an API key: mono_<env>_<12 hex>_<43 base64url>', {
    description: 'The first API key, instead of a random one. Counts at the first start only.',
    secret: true,
  }),
};

const zoneSettings = {
  ZONEINFO_DIR: text({
    description:
      'Directory of compiled time zone files (TZif) instead of the system’s. Used where its release of the IANA database is the newest.',
  }),
};

const databaseSettings = {
  DATABASE_URL: url(['postgres', 'postgresql'], {
    description: 'PostgreSQL (15 or newer) instead of the embedded one.',
  }),
  DATABASE_POOL_SIZE: integer({
    description: 'Connections per module and instance; a quarter of them may serve expensive queries.',
    default: 16,
    min: 2,
    max: 1_000,
  }),
  DATABASE_STATEMENT_TIMEOUT_SECONDS: integer({
    description: 'No statement may take longer, in seconds.',
    default: 30,
    min: 1,
    max: 3_600,
  }),
};

/** DATABASE_URL_<MODULE> for every module, and for what belongs to none. */
const moduleDatabaseSettings: Readonly<Record<string, Setting<string | undefined>>> = Object.fromEntries(
  [...FEATURE_NAMES, PLATFORM].map((module) => [
    databaseUrlName(module),
    url(['postgres', 'postgresql'], { description: `A database of its own for the module ${module}.` }),
  ]),
);

const busSettings = {
  NATS_URL: url(['nats', 'tls'], {
    description: 'NATS with JetStream instead of the embedded server; several URLs separated by commas.',
  }),
  NATS_CREDS_FILE: text({ description: 'A credentials file (JWT and NKey seed) for `NATS_URL`.' }),
  NATS_NKEY_SEED_FILE: text({ description: 'A file with an NKey seed for `NATS_URL`.' }),
  NATS_TLS_CA_FILE: text({ description: 'PEM file of the authority that signed the certificate of `NATS_URL`.' }),
  NATS_TLS_CERT_FILE: text({ description: 'PEM file of this node’s certificate for `NATS_URL`.' }),
  NATS_TLS_KEY_FILE: text({ description: 'PEM file of its key.' }),
  NATS_CLUSTER_ROUTES: names({
    description:
      'Makes the embedded servers of several nodes one cluster: host:port of the routes of all of them, this one included, separated by commas. Demands `DATABASE_URL`, `BUS_SECRET`, `NATS_SERVER_NAME`, `NATS_CLUSTER_LISTEN` and `NATS_CLUSTER_SECRET`.',
  }),
  NATS_CLUSTER_LISTEN: matching(/^[^\s"']+:\d{1,5}$/, 'host:port', {
    description: 'Where this node’s server takes the routes of the others.',
  }),
  NATS_CLUSTER_SECRET: matching(
    /^[A-Za-z][A-Za-z0-9_-]{15,}$/,
    '16 letters, digits, `_` or `-` or more, beginning with a letter',
    {
      description: 'What the servers of the cluster know each other by.',
      secret: true,
    },
  ),
  NATS_SERVER_NAME: matching(/^[A-Za-z][A-Za-z0-9_-]*$/, 'letters, digits, `_` and `-`, beginning with a letter', {
    description: 'The stable name of this node’s server in the cluster.',
  }),
  NATS_HOST: text({
    description: 'The address that the embedded server listens on. Beyond this machine it demands TLS.',
    default: '127.0.0.1',
  }),
  NATS_PORT: integer({
    description: 'Its port. Without it a free one at the first start, and the same from then on.',
    min: 1,
    max: 65_535,
  }),
  NATS_STORE_DIR: text({ description: 'Where it keeps its streams. Without it below `DATA_DIR`.' }),
  NATS_MAX_FILE_STORE: integer({
    description:
      'What its streams may take, in bytes. Default: three quarters of what they take and what is free on their disk; follows the disk.',
    min: 16_777_216,
    max: 1_125_899_906_842_624,
  }),
  NATS_JETSTREAM_DOMAIN: matching(/^[A-Za-z0-9_-]{1,64}$/, 'letters, digits, `_` and `-`', {
    description: 'Its JetStream domain, for leaf nodes.',
  }),
  NATS_MAX_PAYLOAD: integer({
    description: 'The largest message that it takes, in bytes.',
    default: 8_388_608,
    min: 1_048_576,
    max: 67_108_864,
  }),
  NATS_SYNC_INTERVAL: matching(
    /^(?:always|[1-9]\d{0,5}(?:ms|s|m))$/,
    '`always` or a duration such as `500ms`, `1s` or `2m`',
    {
      description:
        'How often it synchronises its files: a power cut takes what came since then, and the outbox publishes lost events again. `always` costs an fsync for each message. Servers before 2.10 do not know it and use 2 minutes.',
      default: '1s',
    },
  ),
  NATS_SERVER_TLS_CERT_FILE: text({
    description:
      'PEM file of its certificate: it then speaks TLS. `NATS_TLS_CA_FILE` names the authority to those who connect.',
  }),
  NATS_SERVER_TLS_KEY_FILE: text({ description: 'PEM file of its key.' }),
  NATS_LOG_LEVEL: choice(['info', 'debug', 'trace'], {
    description: 'What it logs, to its file in `DATA_DIR` and into this log.',
    default: 'info',
  }),
  NATS_SERVER_BIN: text({
    description:
      'The nats-server to embed. Without it: PATH, the project’s cache, the official release, the system’s packages.',
  }),
  NATS_SERVER_MIRROR: url(['https', 'http'], {
    description: 'Where the official release is downloaded instead.',
    secret: false,
  }),
  BUS_SECRET: names({
    description:
      'With which nodes seal who calls, 16 characters or more; the current one first, previous ones behind commas. Demanded with `NATS_URL`, else made and kept in `DATA_DIR`.',
    secret: true,
  }),
  BUS_ROUTE: choice(['remote', 'local-first'], {
    description: 'Whether modules in one process talk over NATS all the same, or within the process.',
    default: 'remote',
  }),
  EVENTS_RETRY_MINUTES: integer({
    description:
      'How long an event that cannot be handled is tried again, in minutes, before it is a dead letter. Outages do not count.',
    default: 60,
    min: 0,
    max: 10_080,
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
  ...Object.fromEntries(FEATURES.map(({ edge }) => [featureSlice(edge.name), edge.settings])),
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
  for (const module of configuration.node.MODULES) {
    const settings = SETTINGS[featureSlice(module)] ?? {};
    const values: Record<string, unknown> = { ...settingsOf(configuration, module) };
    for (const [name, { keptAs }] of Object.entries(settings)) {
      if (keptAs !== undefined) values[name] ??= [keep(keptAs)];
    }
    slices[featureSlice(module)] = values;
  }
  return slices as unknown as Configuration;
}

function keptNamesOf(modules: readonly string[]): string[] {
  const settings = modules.flatMap((module) => Object.entries(SETTINGS[featureSlice(module)] ?? {}));
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
    for (const { edge } of FEATURES) faults.push(...(edge.faults?.(settingsOf(configuration, edge.name)) ?? []));
    const unknown = (node.MODULES ?? []).filter((name) => !FEATURE_NAMES.includes(name));
    if (unknown.length > 0) {
      const issue = `names unknown modules: ${unknown.join(', ')}; known are ${FEATURE_NAMES.join(', ')}`;
      faults.push({ name: 'MODULES', issue });
    }
    for (const [name, secrets] of [
      ['BUS_SECRET', bus.BUS_SECRET],
      ['AUDIT_SECRET', node.AUDIT_SECRET],
    ] as const) {
      if (secrets?.some((secret) => secret.length < LEAST_SECRET)) {
        faults.push({ name, issue: `must have ${LEAST_SECRET} characters or more` });
      }
    }
    if (node.CORS_ORIGINS?.some((origin) => origin !== '*' && !isOrigin(origin))) {
      faults.push({ name: 'CORS_ORIGINS', issue: 'must hold origins such as https://app.example, or *' });
    }
    if (node.TRUST_PROXY?.some((range) => !isIpRange(range))) {
      faults.push({ name: 'TRUST_PROXY', issue: 'must hold addresses or CIDR ranges' });
    }
    if (database.DATABASE_URL !== undefined && (node.AUDIT_SECRET ?? []).length === 0) {
      faults.push({ name: 'AUDIT_SECRET', issue: 'must be set with DATABASE_URL, the same on all nodes' });
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
