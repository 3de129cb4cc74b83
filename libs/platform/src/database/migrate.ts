// Brings a module's schema up to the code, one node at a time.
import { DatabaseError } from 'pg';
import { StartUpError } from '../host/start-up-error.js';
import type { Database } from './database.js';

interface Recorded {
  name: string;
}

/**
 * Runs the pending migrations of the module's schema under an advisory lock, each in a transaction of its own.
 * @throws StartUpError when the schema holds migrations that this code does not know: a newer version has run here.
 */
export async function migrate(database: Database, module: string): Promise<void> {
  const source = database.dataSource;
  const guard = await database.pool.connect();
  try {
    // Others may be migrating for long: waiting for them is no reason to give up.
    await guard.query('SET statement_timeout = 0');
    await guard.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [`mono.migrate.${module}`]);
    await guard.query(`CREATE SCHEMA IF NOT EXISTS "${module}"`);
    const known = new Set(source.migrations.map((migration) => migration.name ?? migration.constructor.name));
    const recorded = await recordedMigrations(database, module);
    const unknown = recorded.filter((name) => !known.has(name));
    if (unknown.length > 0) {
      throw new StartUpError(
        `The schema "${module}" is newer than this code: it has the migration ${unknown.join(', ')}.`,
        'Start the newer version, or restore a backup from before it.',
      );
    }
    await source.runMigrations();
  } finally {
    // The lock belongs to the connection.
    guard.release(true);
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
