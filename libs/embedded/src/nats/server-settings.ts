// Settings of the embedded server. They are appended to the copy of nats.conf, in which later values win.

/** The value of nats.conf. 1 s, 10 s and 2 minutes are equally fast; `always` costs an fsync per message. */
export const DEFAULT_SYNC_INTERVAL = '1s';

export interface NatsServerSettings {
  /** The listen address. Default: 127.0.0.1. */
  host?: string | undefined;
  /** Default: a free port at the first start, then the same one. */
  port?: number | undefined;
  /** The directory of the streams. Default: below the data directory. */
  storeDirectory?: string | undefined;
  /** The JetStream domain, for leaf nodes. */
  domain?: string | undefined;
  /** The maximum message size in bytes. Default: 8 MiB. */
  maxPayloadBytes?: number | undefined;
  /** The maximum size of the streams in bytes. Default: three quarters of their current size plus the free space. */
  maxStoreBytes?: number | undefined;
  /** The interval at which JetStream synchronises its files: `always`, or a duration of nats.conf. Default: 1s. */
  syncInterval?: string | undefined;
  logLevel?: 'info' | 'debug' | 'trace' | undefined;
  /** PEM files. */
  tls?: NatsServerTls | undefined;
}

export interface NatsServerTls {
  certFile: string;
  keyFile: string;
  /** The CA file for clients. Not needed for a CA that the machine knows. */
  caFile?: string | undefined;
}

/** The address for clients: a wildcard address cannot be connected. */
export function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}

/** Settings that are added to the block `jetstream` of nats.conf. */
export interface JetStreamSettings {
  domain: string | undefined;
  maxStoreBytes: number;
  /** undefined for a server that does not support the setting and would not start with it. */
  syncInterval: string | undefined;
}

const JETSTREAM = /^jetstream \{$/m;
const SYNC_INTERVAL = /^ *sync_interval:.*\n/m;

/** Extends the block of the base, because another block would replace it. */
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
