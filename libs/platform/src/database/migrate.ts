// Migrates a module's schema, one node at a time.
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
 * Migrations expand a schema, so that nodes of the previous release work beside newer ones. A migration that removes something
 * is named Contract…: releases that do not know it no longer work with the schema.
 */
const CONTRACTING = /^Contract/;

/**
 * Runs the pending migrations of the module's schema under an advisory lock, each in its own transaction by default.
 * @param onNewer receives the migrations of newer releases, with which this code works.
 * @throws StartUpError if a newer release has contracted the schema.
 */
export async function migrate(
  database: Database,
  module: string,
  onNewer: (migrations: readonly string[]) => void = () => {},
): Promise<void> {
  const source = database.dataSource;
  const guard = await database.pool.connect();
  try {
    // Other nodes may migrate for a long time, and waiting for them must not time out.
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
      // A node of an older release waits for the lock within a statement, and blocks migrations that wait for all statements.
      await unlock(guard, module);
      await lock(guard, module);
    }
  } finally {
    // The lock belongs to the connection.
    guard.release(true);
  }
}

/** Polls, because one long statement would block concurrent index builds, which wait for the end of all statements. */
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

/** @returns false if a migration has waited too long for other transactions. */
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
