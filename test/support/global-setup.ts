// What all tests share: a nats-server and a redis-server to run, and one PostgreSQL, on a free port and without fsync, in which every test
// file makes databases of its own.
import { join } from 'node:path';
import { natsServerSource } from '../../libs/embedded/src/programs/nats-release.ts';
import { obtainProgram } from '../../libs/embedded/src/programs/obtain-program.ts';
import { redisServerSource } from './redis-server-source.ts';
import { makeScratch, makeStore } from './scratch.ts';
import { startTestPostgres } from './test-postgres.ts';

export default async function globalSetup(): Promise<void> {
  const cacheDirectory = join(import.meta.dirname, '../../node_modules/.cache/mono');
  for (const source of [natsServerSource(), redisServerSource()]) {
    process.env[source.variable] = await obtainProgram(source, { cacheDirectory, environment: process.env });
  }
  process.env['TEST_SCRATCH'] = await makeScratch();
  if (process.env['TEST_DATABASE_URL']) return;
  const server = await startTestPostgres(await makeStore('pg'));
  process.env['TEST_DATABASE_URL'] = server.url;
  (globalThis as { testPostgres?: unknown }).testPostgres = server;
}
