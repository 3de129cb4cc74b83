// A database of a given size beside others on one server.
import { Database } from '@mono/platform';
import { Client } from 'pg';
import { tasksMigrations } from '../../../libs/tasks/src/persistence/tasks-migrations.js';
import type { TestPostgres } from '../../support/test-postgres.ts';

/** Creates it, with the schema of tasks. The caller destroys its data source. */
export async function openDatabase(server: TestPostgres, size: number): Promise<Database> {
  const name = `size_${size}`;
  const client = new Client({ connectionString: server.url });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name}`);
  } finally {
    await client.end();
  }
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  const database = await Database.open({
    url: url.href,
    migrations: tasksMigrations,
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    poolSize: 1,
  });
  await database.query('CREATE SCHEMA tasks');
  await database.dataSource.runMigrations();
  return database;
}
