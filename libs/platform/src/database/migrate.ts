// Brings a module's schema up to the code, one node at a time.
import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseError, type PoolClient } from 'pg';
import { StartUpError } from '@mono/embedded/start-up-error';
import type { Database } from './database.js';
import { LOCK_NOT_AVAILABLE } from './run-concurrently.js';

interface Recorded {
  name: string;
}

const POLL_MS = 100;

/**
 * Migrations expand a schema, so that nodes of the previous release work beside newer ones. One that takes something away is
 * named Contract…: a release that does not know it cannot work with the schema any more.
 */
const CONTRACTING = /^Contract/;

/**
 * Runs the pending migrations of the module's schema under an advisory lock, each in a transaction of its own unless it says
 * otherwise.
 * @param onNewer receives the migrations of newer releases, with which this code works.
 * @throws StartUpError when a newer release has contracted the schema.
 */
export async function migrate(
  database: Database,
  module: string,
  onNewer: (migrations: readonly string[]) => void = () => {},
): Promise<void> {
  const source = database.dataSource;
  const guard = await database.pool.connect();
  try {
    // Others may be migrating for long: waiting for them is no reason to give up.
    await guard.query('SET statement_timeout = 0');
    await lock(guard, module);
    await guard.query(`CREATE SCHEMA IF NOT EXISTS "${module}"`);
    const known = new Set(source.migrations.map((migration) => migration.name ?? migration.constructor.name));
    const recorded = await recordedMigrations(database, module);
    const unknown = recorded.filter((name) => !known.has(name));
    const contracting = unknown.filter((name) => CONTRACTING.test(name));
    if (contracting.length > 0) {
      throw new StartUpError(
        `The schema "${module}" is newer than this code, which cannot work with the migration ${contracting.join(', ')}.`,
        'Start the newer version, or restore a backup from before it.',
      );
    }
    if (unknown.length > 0) onNewer(unknown);
    while (!(await runPending(source))) {
      // A node of an older release that waits for the lock within a statement holds up what waits for all statements.
      await unlock(guard, module);
      await lock(guard, module);
    }
  } finally {
    // The lock belongs to the connection.
    guard.release(true);
  }
}

/** By asking again and again: one long statement would hold up whoever waits for the end of all statements, as a concurrent build does. */
async function lock(guard: PoolClient, module: string): Promise<void> {
  for (;;) {
    const { rows } = await guard.query<{ taken: boolean }>(
      'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS taken',
      [lockOf(module)],
    );
    if (rows[0]?.taken) return;
    await pause(POLL_MS);
  }
}

async function unlock(guard: PoolClient, module: string): Promise<void> {
  await guard.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [lockOf(module)]);
}

function lockOf(module: string): string {
  return `mono.migrate.${module}`;
}

/** @returns false where a migration has waited too long for others' transactions. */
async function runPending(source: Database['dataSource']): Promise<boolean> {
  try {
    await source.runMigrations();
    return true;
  } catch (error) {
    const { code } = (error as { driverError?: { code?: unknown } }).driverError ?? {};
    if (code === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
}

async function recordedMigrations(database: Database, module: string): Promise<string[]> {
  try {
    const rows = await database.query<Recorded>(`SELECT "name" FROM "${module}"."migration" ORDER BY "id"`);
    return rows.map(({ name }) => name);
  } catch (error) {
    if (error instanceof DatabaseError && error.code === '42P01') return [];
    throw error;
  }
}
