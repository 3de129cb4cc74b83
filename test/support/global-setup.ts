// Shared by all tests: the programs nats-server and redis-server, and one PostgreSQL on a free port without fsync, in which
// every test file creates its own databases.
import { join } from 'node:path';
import { natsServerSource } from '../../libs/embedded/src/programs/nats-release.ts';
import { obtainProgram } from '../../libs/embedded/src/programs/obtain-program.ts';
import { redisServerSource } from './redis-server-source.ts';
import { makeScratch, makeStore } from './scratch.ts';
import { offerSharedServers, type SharedServersOffer } from './shared-servers.ts';
import { startTestPostgres, type TestPostgres } from './test-postgres.ts';

/** Servers that the global teardown ends. */
export interface TestRun {
  testPostgres?: TestPostgres;
  sharedServers?: SharedServersOffer;
}

export default async function globalSetup(): Promise<void> {
  const cacheDirectory = join(import.meta.dirname, '../../node_modules/.cache/mono');
  for (const source of [natsServerSource(), redisServerSource()]) {
    process.env[source.variable] = await obtainProgram(source, { cacheDirectory, environment: process.env });
  }
  process.env['TEST_SCRATCH'] = await makeScratch();
  const run = globalThis as TestRun;
  if (!process.env['TEST_DATABASE_URL']) {
    run.testPostgres = await startTestPostgres(await makeStore('pg'));
    process.env['TEST_DATABASE_URL'] = run.testPostgres.url;
  }
  run.sharedServers = await offerSharedServers();
  process.env['TEST_SHARED_SERVERS_URL'] = run.sharedServers.url;
}
