// The pool for BullMQ. While the database is unavailable, it fails after a pause with an error that BullMQ treats as a lost
// connection. Otherwise BullMQ would retry in a busy loop and count the loss as a failure of the job.
import { setTimeout as delay } from 'node:timers/promises';
import { Pool, type PoolConfig } from 'pg';
import type { PgPool, PgPoolClient, PgQueryResult } from 'bullmq';
import { UnavailableError } from '@mono/contract';
import { againAfterDeadlock } from '../database/again-after-deadlock.js';
import { translatePgError } from '../database/pg-errors.js';

const PAUSE_MS = 500;
/** The error code by which BullMQ recognises a lost connection. */
const LOST = 'ECONNREFUSED';
/** Concurrent changes of a schedule may deadlock. */
const SCHEDULES_MEET = { attempts: 10, pauseMs: 20 };

export class PatientPool implements PgPool {
  readonly pool: Pool;
  readonly options: { keepAlive: boolean };

  constructor(configuration: PoolConfig) {
    this.pool = new Pool(configuration);
    this.options = { keepAlive: configuration.keepAlive === true };
    // Every queue and worker adds a listener.
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

async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await againAfterDeadlock(ask, SCHEDULES_MEET);
  } catch (error) {
    const translated = translatePgError(error);
    if (!(translated instanceof UnavailableError)) throw error;
    await delay(PAUSE_MS);
    throw Object.assign(new Error(`${LOST}: the database of the jobs is unavailable`, { cause: error }), {
      code: LOST,
    });
  }
}

/** Whether the error is that of this pool for a lost connection. */
export function isLost(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === LOST;
}
