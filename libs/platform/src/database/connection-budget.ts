// Checks whether the pools of all instances fit into the connections that PostgreSQL allows. Pools grow as needed, so that a
// shortage would only show under load.
import { Client } from 'pg';
import type { Queryable } from './database-server.js';

const CONNECT_TIMEOUT_MS = 5_000;

/** The maximum number of open connections, by host and port of the server. */
export type ConnectionNeeds = Readonly<Record<string, number>>;

export interface AllowedConnections {
  maxConnections: number;
  /** Without those that are reserved for other users. */
  allowed: number;
}

export async function allowedConnections(on: Queryable): Promise<AllowedConnections> {
  // reserved_connections is new in PostgreSQL 16.
  const { rows } = await on.query<{ most: number; reserved: number }>(
    `SELECT current_setting('max_connections')::int AS most,
       CASE WHEN (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN 0
         ELSE current_setting('superuser_reserved_connections')::int END
       + coalesce(current_setting('reserved_connections', true)::int, 0) AS reserved`,
  );
  const { most = 0, reserved = 0 } = rows[0] ?? {};
  return { maxConnections: most, allowed: most - reserved };
}

/** Opens its own connection. @param url contains the password: not for logs. @throws pg's connection errors unchanged. */
export async function allowedConnectionsAt(url: string): Promise<AllowedConnections> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => {});
  try {
    await client.connect();
    return await allowedConnections(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** The sum of the needs of several instances. */
export function sumOfNeeds(instances: readonly ConnectionNeeds[]): Map<string, number> {
  const sum = new Map<string, number>();
  for (const needs of instances)
    for (const [place, connections] of Object.entries(needs)) sum.set(place, (sum.get(place) ?? 0) + connections);
  return sum;
}

/** The remedy for an operator. */
export function connectionAdvice(needed: number, { allowed, maxConnections }: AllowedConnections): string {
  return `Set max_connections of PostgreSQL to ${maxConnections - allowed + needed} or more, or lower DATABASE_POOL_SIZE.`;
}
