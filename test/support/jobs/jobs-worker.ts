// A node with a queue, to be killed. It prints the job that it has started, and never finishes one, except with `work`: then
// each job inserts a row into baked.loaf. node --conditions=source --import setup/source-loader.mjs jobs-worker.ts <database
// url> <redis url, or nothing> <lock in ms> <losses> [work]
import { setTimeout as delay } from 'node:timers/promises';
import { DeadLetterStore } from '@mono/admin/module';
import { createLogger, Jobs, Metrics, openDatabase } from '@mono/platform';
import { backendFor } from './jobs-backends.ts';

const CONCURRENCY = 4;
const WORK_MS = 20;

const [databaseUrl = '', redisUrl = '', lockMs = '', maxLosses = '', work = ''] = process.argv.slice(2);
const database = await openDatabase({
  module: 'platform',
  url: databaseUrl,
  poolSize: 2,
  statementTimeoutMs: 10_000,
  migrations: [],
});
const jobs = new Jobs({
  backend: backendFor(databaseUrl, redisUrl === '' ? undefined : redisUrl),
  letters: new DeadLetterStore(database),
  logger: createLogger({ level: 'silent', format: 'json' }),
  metrics: new Metrics(),
  stopMs: 1_000,
});
jobs.queue({
  name: 'baking',
  module: 'bakery',
  concurrency: work === '' ? 1 : CONCURRENCY,
  attempts: 3,
  backoffMs: 20,
  lockMs: Number(lockMs),
  maxLosses: Number(maxLosses),
  handle: async ({ id, payload }) => {
    if (work !== '') {
      await delay(WORK_MS);
      await database.query('INSERT INTO baked.loaf (n) VALUES ($1)', [payload]);
      return;
    }
    process.stdout.write(`began ${id}\n`);
    await new Promise(() => {});
  },
});
await jobs.start();
process.stdout.write('ready\n');
