// The pool that BullMQ works through. While the database is away it answers after a pause and in a way that BullMQ
// knows for a lost connection: else BullMQ asks again at once, without end, and takes the loss for the job's own failure.
import { setTimeout as delay } from 'node:timers/promises';
import { Pool, type PoolConfig } from 'pg';
import type { PgPool, PgPoolClient, PgQueryResult } from 'bullmq';
import { UnavailableError } from '../errors/index.js';
import { translatePgError } from '../database/pg-errors.js';

const PAUSE_MS = 500;
/** By this code BullMQ knows that the connection is lost. */
const LOST = 'ECONNREFUSED';
const DEADLOCK_DETECTED = '40P01';
const DEADLOCK_ATTEMPTS = 10;
const DEADLOCK_PAUSE_MS = 20;

export class PatientPool implements PgPool {
  readonly pool: Pool;
  readonly options: { keepAlive: boolean };

  constructor(configuration: PoolConfig) {
    this.pool = new Pool(configuration);
    this.options = { keepAlive: configuration.keepAlive === true };
    // Every queue and worker listens for its own.
    this.pool.setMaxListeners(0);
    this.pool.on('error', () => {});
  }

  query<R>(text: string, parameters?: readonly unknown[]): Promise<PgQueryResult<R>> {
    return patiently(
      () => this.pool.query(text, parameters as unknown[] | undefined) as unknown as Promise<PgQueryResult<R>>,
    );
  }

  connect(): Promise<PgPoolClient> {
    return patiently(() => this.pool.connect() as unknown as Promise<PgPoolClient>);
  }

  end(): Promise<void> {
    return this.pool.end();
  }

  on(event: 'error' | 'connect', listener: (value: never) => void): this {
    this.pool.on(event as 'error', listener as (value: Error) => void);
    return this;
  }

  removeAllListeners(event?: string): this {
    this.pool.removeAllListeners(event);
    return this;
  }
}

/** Nodes that set the same schedule at once may wait for each other: PostgreSQL ends one, which asks again. */
async function undeadlocked<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if ((error as { code?: unknown }).code !== DEADLOCK_DETECTED || attempt === DEADLOCK_ATTEMPTS) throw error;
      await delay(Math.random() * DEADLOCK_PAUSE_MS * attempt);
    }
  }
}

async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await undeadlocked(ask);
  } catch (error) {
    const translated = translatePgError(error);
    if (!(translated instanceof UnavailableError)) throw error;
    await delay(PAUSE_MS);
    throw Object.assign(new Error(`${LOST}: the database of the jobs is away`, { cause: error }), { code: LOST });
  }
}

/** Whether an error is this pool's word for "not now". */
export function isLost(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === LOST;
}
