// The embedded servers of a data directory, if it has any.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EmbeddedNats, EmbeddedPostgres, type EmbeddedServer } from '@mono/embedded';

/** In the order in which they are stopped. None is started from here. */
export async function embeddedServers(dataDirectory: string): Promise<EmbeddedServer[]> {
  const directory = resolve(dataDirectory);
  const servers: EmbeddedServer[] = [];
  if (existsSync(join(directory, 'nats.json'))) {
    servers.push(new EmbeddedNats({ dataDirectory: directory, configuration: '', program: refuseToStart }));
  }
  if (existsSync(join(directory, 'postgres.json'))) servers.push(await EmbeddedPostgres.in(directory));
  return servers;
}

export function refuseToStart(): Promise<string> {
  return Promise.reject(new Error('Invariant violated: the command line started a server.'));
}
