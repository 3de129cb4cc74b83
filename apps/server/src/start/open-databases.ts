// Opens the database of every module that runs here and brings its schema up to the code.
import { UnavailableError } from '@mono/contract';
import {
  migrate,
  openDatabase,
  schemaOf,
  StartUpError,
  type Database,
  type DatabasePlace,
  type Logger,
  type ModuleDatabaseOptions,
} from '@mono/platform';
import { databaseUrlName, type Configuration } from '../configuration.js';

/** The password in a URL must not reach a message: only its host is named. */
export function placeOf(url: string): string {
  return new URL(url).host || 'its socket';
}

/** Where a module's tables are. */
export function databaseOf({ moduleDatabases }: Configuration, module: string, shared: DatabasePlace): DatabasePlace {
  const own = moduleDatabases[databaseUrlName(module)];
  return own === undefined ? shared : { url: own };
}

export interface Owner {
  /** The module. */
  name: string;
  migrations: ModuleDatabaseOptions['migrations'];
}

/** @returns the databases by their owners' names. @throws StartUpError */
export async function openDatabases(
  configuration: Configuration,
  shared: DatabasePlace,
  owners: readonly Owner[],
  logger: Pick<Logger, 'warn'>,
): Promise<Record<string, Database>> {
  const opened: Record<string, Database> = {};
  try {
    for (const owner of owners) {
      const one = await openOne(owner, databaseOf(configuration, owner.name, shared), configuration.database);
      opened[owner.name] = one;
      await migrate(one, schemaOf(owner.name), (migrations) =>
        logger.warn({ module: owner.name, migrations }, 'Database newer than this release: start the newer one again'),
      );
    }
  } catch (error) {
    await closeDatabases(opened);
    throw error;
  }
  return opened;
}

export async function closeDatabases(databases: Readonly<Record<string, Database>>): Promise<void> {
  await Promise.all(Object.values(databases).map((database) => database.dataSource.destroy()));
}

/** A minute: a busy server accepts connections late. */
const CONNECT_ATTEMPTS = 12;

/** Repeats attempts that timed out; refusals are final. */
async function openPatiently(options: ModuleDatabaseOptions): Promise<Database> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await openDatabase(options);
    } catch (error) {
      if (attempt === CONNECT_ATTEMPTS || !hasTimedOut(error)) throw error;
    }
  }
}

/** An attempt that timed out has no code. */
function hasTimedOut(error: unknown): boolean {
  return error instanceof Error && !('code' in error) && /timeout/i.test(error.message);
}

async function openOne(
  { name, migrations }: Owner,
  place: DatabasePlace,
  settings: Configuration['database'],
): Promise<Database> {
  try {
    return await openPatiently({
      module: schemaOf(name),
      ...place,
      poolSize: settings.DATABASE_POOL_SIZE,
      statementTimeoutMs: settings.DATABASE_STATEMENT_TIMEOUT_SECONDS * 1_000,
      migrations,
    });
  } catch (cause) {
    if (cause instanceof StartUpError) throw cause;
    const reason =
      cause instanceof UnavailableError || cause instanceof Error
        ? ((cause as NodeJS.ErrnoException).code ?? cause.name)
        : 'unknown';
    throw new StartUpError(
      `The database at ${placeOf(place.url)} cannot be used (${reason}).`,
      'Check that PostgreSQL runs there and that user, password and database are correct, or unset DATABASE_URL to use the embedded server.',
      { cause },
    );
  }
}
