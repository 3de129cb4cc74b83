// Nodes with jobs on one server, PostgreSQL or Redis, and the platform's database beside them.
import { adminFeature } from '@mono/admin/feature';
import { Audit, DeadLetters, DeadLetterStore } from '@mono/admin/module';
import { createLogger, Jobs, Metrics, migrate, openDatabase, type Database, type JobsBackend } from '@mono/platform';
import { Client } from 'pg';
import { startRedis } from '../redis-process.ts';
import { createTestDatabase } from '../test-database.ts';
import { backendFor } from './jobs-backends.ts';

export const JOB_SERVERS = ['PostgreSQL', 'Redis'] as const;
export type JobServer = (typeof JOB_SERVERS)[number];

export interface JobsWorld {
  database: Database;
  databaseUrl: string;
  redisUrl: string | undefined;
  letters: DeadLetters;
  makeBackend(): JobsBackend;
  /** Jobs of one more node, not started. */
  node(options?: { stopMs?: number; metrics?: Metrics; backend?: JobsBackend }): Jobs;
  /** Interrupts the server of the jobs until `comeBack`. */
  loseServer(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

const POOL_SIZE = 6;

export async function openJobsWorld(server: JobServer): Promise<JobsWorld> {
  const place = await createTestDatabase();
  const redis = server === 'Redis' ? await startRedis() : undefined;
  const database = await openDatabase({
    module: 'platform',
    url: place.url,
    poolSize: POOL_SIZE,
    statementTimeoutMs: 10_000,
    migrations: adminFeature.migrations,
  });
  await migrate(database, 'platform');
  const store = new DeadLetterStore(database);
  const logger = createLogger({ level: 'silent', format: 'json' });
  const nodes: Jobs[] = [];
  const makeBackend = (): JobsBackend => backendFor(place.url, redis?.url);
  return {
    database,
    databaseUrl: place.url,
    redisUrl: redis?.url,
    letters: new DeadLetters(database, new Audit(database, { secrets: ['the audit secret of tests'] }), store),
    makeBackend,
    node({ stopMs = 10_000, metrics = new Metrics(), backend = makeBackend() } = {}) {
      const jobs = new Jobs({ backend, letters: store, logger, metrics, stopMs, lookingAfterMs: 200 });
      nodes.push(jobs);
      return jobs;
    },
    loseServer: () => (redis ? redis.kill('SIGKILL') : shutOut(place.url)),
    comeBack: () => (redis ? redis.restart() : letIn(place.url)),
    async close() {
      await Promise.all(nodes.map((jobs) => jobs.stop()));
      await database.dataSource.destroy();
      await redis?.stop();
      await place.drop();
    },
  };
}

/** Ends the connections of the jobs to the database, and rejects new ones. */
async function shutOut(databaseUrl: string): Promise<void> {
  await onServer(databaseUrl, async (client, name) => {
    await client.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
    await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
  });
}

async function letIn(databaseUrl: string): Promise<void> {
  await onServer(databaseUrl, async (client, name) => {
    await client.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
  });
}

async function onServer(databaseUrl: string, work: (client: Client, name: string) => Promise<void>): Promise<void> {
  const url = new URL(databaseUrl);
  const name = url.pathname.slice(1);
  url.pathname = '/postgres';
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    await work(client, name);
  } finally {
    await client.end();
  }
}
