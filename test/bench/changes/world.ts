// PostgreSQL and NATS for the benchmarks of the change feed.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { Client } from 'pg';
import { startNats } from '../../support/nats-process.ts';
import { makeKey } from '../../support/server-process.ts';
import { startTestPostgres } from '../../support/test-postgres.ts';
import { obtainNats } from '../obtain-nats.ts';

export interface BenchWorld {
  servers: { databaseUrl: string; natsUrl: string; key: string };
  versions: Record<string, string>;
  end(): Promise<void>;
}

export async function openWorld(): Promise<BenchWorld> {
  await obtainNats();
  const directory = await mkdtemp(join(tmpdir(), 'mono-bench-changes-'));
  const postgres = await startTestPostgres(directory, ['shared_buffers=512MB', 'max_wal_size=4GB']);
  const nats = await startNats();
  return {
    versions: await versionsOf(postgres.url, nats.url),
    servers: { databaseUrl: postgres.url, natsUrl: nats.url, key: makeKey() },
    async end() {
      await nats.stop();
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function versionsOf(databaseUrl: string, natsUrl: string): Promise<Record<string, string>> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
  await client.end();
  const connection = await connect({ servers: natsUrl });
  const { version = '' } = connection.info ?? {};
  await connection.close();
  return { node: process.version, postgres: rows[0]?.server_version ?? '', nats: version };
}

export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
