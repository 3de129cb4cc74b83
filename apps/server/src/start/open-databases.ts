// Opens every module's database and brings its schema up to the code.
import { authMigrations } from '@mono/auth/module';
import {
  migrate,
  openDatabase,
  StartUpError,
  UnavailableError,
  type Database,
  type ModuleDatabaseOptions,
} from '@mono/platform';
import { tasksMigrations } from '@mono/tasks/module';
import { MODULE_NAMES, type ModuleName } from '../app.module.js';
import type { Configuration } from '../configuration.js';

const MIGRATIONS: Readonly<Record<ModuleName, ModuleDatabaseOptions['migrations']>> = {
  auth: authMigrations,
  tasks: tasksMigrations,
};

/** The password in a URL must not reach a message: only its host is named. */
export function placeOf(url: string): string {
  return new URL(url).host || 'its socket';
}

/** @throws StartUpError */
export async function openDatabases(
  { database }: Configuration,
  sharedUrl: string,
): Promise<Record<ModuleName, Database>> {
  const opened: Partial<Record<ModuleName, Database>> = {};
  const own: Readonly<Record<ModuleName, string | undefined>> = {
    auth: database.DATABASE_URL_AUTH,
    tasks: database.DATABASE_URL_TASKS,
  };
  try {
    for (const module of MODULE_NAMES) {
      opened[module] = await openOne(module, own[module] ?? sharedUrl, database);
      await migrate(opened[module], module);
    }
  } catch (error) {
    await closeDatabases(opened);
    throw error;
  }
  return opened as Record<ModuleName, Database>;
}

export async function closeDatabases(databases: Partial<Record<ModuleName, Database>>): Promise<void> {
  await Promise.all(Object.values(databases).map((database) => database.dataSource.destroy()));
}

async function openOne(module: ModuleName, url: string, settings: Configuration['database']): Promise<Database> {
  try {
    return await openDatabase({
      module,
      url,
      poolSize: settings.DATABASE_POOL_SIZE,
      statementTimeoutMs: settings.DATABASE_STATEMENT_TIMEOUT_SECONDS * 1_000,
      migrations: MIGRATIONS[module],
    });
  } catch (cause) {
    if (cause instanceof StartUpError) throw cause;
    const reason =
      cause instanceof UnavailableError || cause instanceof Error
        ? ((cause as NodeJS.ErrnoException).code ?? cause.name)
        : 'unknown';
    throw new StartUpError(
      `The database at ${placeOf(url)} cannot be used (${reason}).`,
      'Check that PostgreSQL runs there, that user, password and database are right, or unset DATABASE_URL to use the embedded one.',
      { cause },
    );
  }
}
