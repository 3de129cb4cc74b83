// The database of an installation for commands of an operator: the configured one, otherwise the embedded one.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  migrate,
  openDatabase,
  schemaOf,
  type Database,
  type DatabasePlace,
  type Environment,
  type ModuleDatabaseOptions,
} from '@mono/platform';
import { EmbeddedPostgres } from '@mono/embedded';

const POOL_SIZE = 4;
const STATEMENT_TIMEOUT_MS = 60_000;

export interface InstallationDatabase {
  dataDirectory: string;
  environment: Environment;
  /** The owner of the tables. */
  module: string;
  /** The migrations of the module, if its tables are required. Default: uses the tables as they are. */
  migrations?: ModuleDatabaseOptions['migrations'];
}

/** @throws Error with a message for the operator. */
export async function withDatabase<T>(
  { dataDirectory, environment, module, migrations }: InstallationDatabase,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await openDatabase({
    module: schemaOf(module),
    ...(await placeOf(dataDirectory, environment, module)),
    poolSize: POOL_SIZE,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    migrations: migrations ?? [],
  }).catch((cause: unknown) => {
    throw new Error('The database cannot be reached: check that it runs and that DATABASE_URL is correct.', { cause });
  });
  try {
    if (migrations) await migrate(database, schemaOf(module));
    return await work(database);
  } finally {
    await database.dataSource.destroy();
  }
}

async function placeOf(dataDirectory: string, environment: Environment, module: string): Promise<DatabasePlace> {
  const own = `DATABASE_URL_${module.toUpperCase().replaceAll('-', '_')}`;
  const configured = environment[own]?.trim() || environment['DATABASE_URL']?.trim();
  if (configured) return { url: configured };
  const directory = resolve(dataDirectory);
  if (!existsSync(join(directory, 'postgres.json'))) {
    throw new Error(`No database: DATABASE_URL is not set, and ${directory} has no embedded one.`);
  }
  const server = await EmbeddedPostgres.in(directory);
  return { url: server.url, server };
}
