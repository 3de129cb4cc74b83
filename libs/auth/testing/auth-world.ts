// For tests: a migrated database of the auth module.
import { Database } from '@mono/platform';
import { createTestDatabase } from '../../../test/support/test-database.ts';
import { authFeature } from '../feature.js';

export interface AuthWorld {
  database: Database;
  end(): Promise<void>;
}

export async function createAuthWorld(): Promise<AuthWorld> {
  const place = await createTestDatabase();
  let database: Database | undefined;
  const end = async (): Promise<void> => {
    await database?.dataSource.destroy();
    await place.drop();
  };
  try {
    database = await Database.open({
      url: place.url,
      migrations: [...authFeature.migrations],
      migrationsTableName: 'migration',
    });
    await database.query('CREATE SCHEMA auth');
    await database.dataSource.runMigrations();
    return { database, end };
  } catch (error) {
    await end();
    throw error;
  }
}
