// What an operator may say of the embedded server; each is added to the copy of nats.conf, where what comes later counts.

/** As in nats.conf: of 1 s, 10 s and 2 minutes none is faster than another; `always` costs an fsync for each message. */
export const DEFAULT_SYNC_INTERVAL = '1s';

export interface NatsServerSettings {
  /** The address to listen on. Default 127.0.0.1. */
  host?: string | undefined;
  /** Default: a free one at the first start, then the same. */
  port?: number | undefined;
  /** Where JetStream keeps its streams. Default: below the data directory. */
  storeDirectory?: string | undefined;
  /** JetStream's domain, for leaf nodes. */
  domain?: string | undefined;
  /** The largest message, in bytes. Default 8 MiB. */
  maxPayloadBytes?: number | undefined;
  /** What its streams may take, in bytes. Default: three quarters of what they take and what is free beside them. */
  maxStoreBytes?: number | undefined;
  /** How often JetStream synchronises its files: `always`, or a duration of nats.conf. Default 1s. */
  syncInterval?: string | undefined;
  logLevel?: 'info' | 'debug' | 'trace' | undefined;
  /** PEM files. */
  tls?: NatsServerTls | undefined;
}

export interface NatsServerTls {
  certFile: string;
  keyFile: string;
  /** Of the authority that signed the certificate, for those who connect; none for one that the machine knows. */
  caFile?: string | undefined;
}

/** For those who connect: an address that is every address is none to go to. */
export function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}

/** What the block `jetstream` of nats.conf does not say. */
export interface JetStreamSettings {
  domain: string | undefined;
  maxStoreBytes: number;
  /** undefined: as the server does it that does not know the setting, and would not start with it. */
  syncInterval: string | undefined;
}

const JETSTREAM = /^jetstream \{$/m;
const SYNC_INTERVAL = /^ *sync_interval:.*\n/m;

/** Within the block of the base: another block would replace it. */
export function withJetStream(
  configuration: string,
  { domain, maxStoreBytes, syncInterval }: JetStreamSettings,
): string {
  if (!JETSTREAM.test(configuration)) throw new Error('Invariant violated: nats.conf has no block jetstream.');
  const lines = [
    `max_file_store: ${maxStoreBytes}`,
    domain !== undefined && `domain: ${quoted(domain)}`,
    syncInterval !== undefined && `sync_interval: ${syncInterval}`,
  ];
  const block = ['jetstream {', ...lines.filter((line) => line !== false).map((line) => `  ${line}`)].join('\n');
  return configuration.replace(SYNC_INTERVAL, '').replace(JETSTREAM, () => block);
}

export function settingsBlock({ maxPayloadBytes, logLevel, tls }: NatsServerSettings): string {
  const lines = [
    maxPayloadBytes !== undefined && `max_payload: ${maxPayloadBytes}`,
    (logLevel === 'debug' || logLevel === 'trace') && 'debug: true',
    logLevel === 'trace' && 'trace: true',
    tls && `tls { cert_file: ${quoted(tls.certFile)}, key_file: ${quoted(tls.keyFile)} }`,
  ];
  return lines.filter((line) => line !== false && line !== undefined).join('\n');
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
