// Embedded servers of several nodes as one JetStream cluster.
import { createHash } from 'node:crypto';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type ConnectionOptions } from '@nats-io/transport-node';
import type { NatsServerTls } from './server-settings.js';

export interface ClusterOptions {
  /** Stable and unique per node, because JetStream identifies its peers by it. */
  serverName: string;
  /** host:port for the routes of the others. */
  listen: string;
  /** host:port of all servers of the cluster, this one included. */
  routes: readonly string[];
  /** The same on all nodes: letters, digits, `_` and `-`, starting with a letter. */
  secret: string;
}

const PROBE_TIMEOUT_MS = 2_000;

/** The block for nats.conf. Contains the secret. */
export function clusterBlock({ listen, routes, secret }: ClusterOptions, tls?: NatsServerTls): string {
  const urls = routes.map((route) => `    "nats-route://mono:${secret}@${route}"`);
  return `cluster {
  name: mono
  listen: "${listen}"
  authorization { user: mono, password: "${secret}" }
${tls ? `${tlsLine(tls)}\n` : ''}  routes: [
${urls.join('\n')}
  ]
}
`;
}

/** Routes verify each other's certificates. */
function tlsLine({ certFile, keyFile, caFile }: NatsServerTls): string {
  const files = { cert_file: certFile, key_file: keyFile, ...(caFile !== undefined && { ca_file: caFile }) };
  const members = Object.entries(files).map(([name, file]) => `${name}: ${JSON.stringify(file)}`);
  return `  tls { ${members.join(', ')} }`;
}

/** The password of the user `mono`, the same on all servers of the cluster. */
export function clusterPassword(secret: string): string {
  return `n${createHash('sha256').update(`nats user\n${secret}`).digest('hex').slice(0, 48)}`;
}

/** Whether JetStream answers: a majority of the cluster's servers has a leader. */
export async function hasQuorum(options: ConnectionOptions): Promise<boolean> {
  try {
    const connection = await connect({ ...options, timeout: PROBE_TIMEOUT_MS });
    try {
      await (await jetstreamManager(connection, { timeout: PROBE_TIMEOUT_MS })).getAccountInfo();
      return true;
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
}
