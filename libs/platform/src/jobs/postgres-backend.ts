// BullMQ on PostgreSQL: in a schema of BullMQ's own, made and brought up to date by BullMQ's own migrations.
import { setTimeout as delay } from 'node:timers/promises';
import { createPostgresBackend, DEFAULT_SCHEMA, runMigrations, withBackend, type PgPool } from 'bullmq';
import { Client } from 'pg';
import { UnavailableError } from '@mono/contract';
import { clientOf, type DatabasePlace } from '../database/database-server.js';
import { translatePgError } from '../database/pg-errors.js';
import { StartUpError } from '@mono/embedded/start-up-error';
import type { BullProcessor, BullQueue, BullWorker, JobsBackend, WorkerSettings } from './jobs-backend.js';
import { isLost, PatientPool } from './patient-pool.js';

/** BullMQ takes no other one together with a pool of ours. */
export const JOBS_SCHEMA = DEFAULT_SCHEMA;

export interface PostgresBackendOptions extends DatabasePlace {
  statementTimeoutMs: number;
  /** Connections beside the one that each queue listens on. */
  poolSize: number;
}

const CONNECT_TIMEOUT_MS = 5_000;
const CLOSE_TIMEOUT_MS = 2_000;
/** A connection that is lost in silence is noticed then, and the worker listens on another. */
const KEEP_ALIVE_DELAY_MS = 10_000;

const { Queue, Worker } = withBackend(createPostgresBackend);

export class PostgresBackend implements JobsBackend {
  private pool: PatientPool | undefined;

  constructor(private readonly options: PostgresBackendOptions) {}

  async open(queues: number): Promise<void> {
    const { url, server, statementTimeoutMs } = this.options;
    await migrateJobs(url);
    this.pool = new PatientPool({
      connectionString: url,
      ...(server && { Client: clientOf(server) }),
      application_name: 'mono jobs',
      max: this.connectionsFor(queues),
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: statementTimeoutMs,
      options: `-c search_path=${JOBS_SCHEMA}`,
    });
  }

  connectionsFor(queues: number): number {
    return queues === 0 ? 0 : queues + this.options.poolSize;
  }

  makeQueue(name: string): BullQueue {
    // An event is kept until others push it out; nobody reads them.
    return new Queue(name, { connection: this.opened(), streams: { events: { maxLen: 100 } } }) as unknown as BullQueue;
  }

  makeWorker(name: string, process: BullProcessor, settings: WorkerSettings): BullWorker {
    return new Worker(name, process as never, { ...settings, connection: this.opened() }) as unknown as BullWorker;
  }

  async isUp(): Promise<boolean> {
    await this.pool?.query('SELECT 1');
    return true;
  }

  translateError(error: unknown): unknown {
    if (!isLost(error)) return translatePgError(error);
    return new UnavailableError('The database of the jobs is unavailable.', { cause: error });
  }

  async close(): Promise<void> {
    // A connection that somebody still waits for must not hold up the node's end.
    const limit = new AbortController();
    await Promise.race([this.pool?.end(), delay(CLOSE_TIMEOUT_MS, undefined, { ref: false, signal: limit.signal })]);
    limit.abort();
  }

  private opened(): PgPool {
    if (!this.pool) throw new Error('Invariant violated: the jobs are not connected.');
    return this.pool;
  }
}

/** Any number of nodes may do so at once. @throws StartUpError */
export async function migrateJobs(url: string): Promise<void> {
  const client = new Client({
    connectionString: url,
    application_name: 'mono jobs',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    await runMigrations(client);
  } catch (cause) {
    throw new StartUpError(
      `The schema "${JOBS_SCHEMA}" of the jobs cannot be brought up to date (${reasonOf(cause)}).`,
      'The user of DATABASE_URL must own the schema, or may create it; a schema that is newer than this code needs the newer version.',
      { cause },
    );
  } finally {
    await client.end().catch(() => {});
  }
}

function reasonOf(cause: unknown): string {
  const { code, name } = cause as NodeJS.ErrnoException;
  return code ?? name;
}
