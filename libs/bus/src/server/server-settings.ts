// What an operator may say of the embedded server; each is added to the copy of nats.conf, where what comes later counts.

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

/** @param storeDirectory where JetStream keeps its streams. */
export function settingsBlock(
  { domain, maxPayloadBytes, logLevel, tls }: NatsServerSettings,
  storeDirectory: string,
): string {
  const lines = [
    maxPayloadBytes !== undefined && `max_payload: ${maxPayloadBytes}`,
    domain !== undefined && `jetstream { store_dir: ${quoted(storeDirectory)}, domain: ${quoted(domain)} }`,
    (logLevel === 'debug' || logLevel === 'trace') && 'debug: true',
    logLevel === 'trace' && 'trace: true',
    tls && `tls { cert_file: ${quoted(tls.certFile)}, key_file: ${quoted(tls.keyFile)} }`,
  ];
  return lines.filter((line) => line !== false && line !== undefined).join('\n');
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
