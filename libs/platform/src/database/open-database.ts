import type { MigrationInterface } from 'typeorm';
import { Database } from './database.js';
import { clientOf, type DatabasePlace } from './database-server.js';

type Class<T> = new (...args: never[]) => T;

export interface ModuleDatabaseOptions extends DatabasePlace {
  /** The module's name, which is also its schema's. */
  module: string;
  poolSize: number;
  /** No statement of the module may take longer. */
  statementTimeoutMs: number;
  migrations: readonly Class<MigrationInterface>[];
}

const CONNECT_TIMEOUT_MS = 5_000;

/** Opens a module's own pool. @throws pg's connection errors as they are. */
export async function openDatabase(options: ModuleDatabaseOptions): Promise<Database> {
  const { module, url, server, poolSize, statementTimeoutMs, migrations } = options;
  return Database.open({
    url,
    schema: module,
    applicationName: `mono ${module}`,
    migrations: [...migrations],
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    poolSize,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    installExtensions: false,
    extra: {
      ...(server && { Client: clientOf(server) }),
      statement_timeout: statementTimeoutMs,
      keepAlive: true,
      options: '-c TimeZone=UTC -c DateStyle=ISO',
    },
  });
}
