// PostgreSQL and NATS for the benchmarks of the change feed.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNats } from '../../support/nats-process.ts';
import { makeKey } from '../../support/server-process.ts';
import { startTestPostgres } from '../../support/test-postgres.ts';
import { obtainNats } from '../obtain-nats.ts';

export interface BenchWorld {
  servers: { databaseUrl: string; natsUrl: string; key: string };
  end(): Promise<void>;
}

export async function openWorld(): Promise<BenchWorld> {
  await obtainNats();
  const directory = await mkdtemp(join(tmpdir(), 'mono-bench-changes-'));
  const postgres = await startTestPostgres(directory, ['shared_buffers=512MB', 'max_wal_size=4GB']);
  const nats = await startNats();
  return {
    servers: { databaseUrl: postgres.url, natsUrl: nats.url, key: makeKey() },
    async end() {
      await nats.stop();
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
