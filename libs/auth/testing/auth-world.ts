// For tests: a migrated database of the auth module.
import { Database } from '@mono/platform';
import { DataSource } from 'typeorm';
import { createTestDatabase } from '../../../test/support/test-database.ts';
import { authFeature } from '../feature.js';

export interface AuthWorld {
  database: Database;
  end(): Promise<void>;
}

export async function createAuthWorld(): Promise<AuthWorld> {
  const place = await createTestDatabase();
  const source = new DataSource({
    type: 'postgres',
    url: place.url,
    migrations: [...authFeature.migrations],
    migrationsTableName: 'migration',
  });
  const end = async (): Promise<void> => {
    if (source.isInitialized) await source.destroy();
    await place.drop();
  };
  try {
    const database = new Database(await source.initialize());
    await database.query('CREATE SCHEMA auth');
    await source.runMigrations();
    return { database, end };
  } catch (error) {
    await end();
    throw error;
  }
}
