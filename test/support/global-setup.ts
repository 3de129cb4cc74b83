// One PostgreSQL for the whole test run, on a free port and without fsync; every test file makes databases of its own in it.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestPostgres } from './test-postgres.ts';

export default async function globalSetup(): Promise<void> {
  if (process.env['TEST_DATABASE_URL']) return;
  const directory = await mkdtemp(join(tmpdir(), 'mono-test-pg-'));
  const server = await startTestPostgres(directory);
  process.env['TEST_DATABASE_URL'] = server.url;
  (globalThis as { testPostgres?: unknown }).testPostgres = server;
  await writeFile(join(directory, 'owner'), String(process.pid));
}
