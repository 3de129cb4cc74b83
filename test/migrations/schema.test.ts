// Compares the schema that each module's migrations create with the text beside them (src/persistence/schema.txt), so that
// changes of tables and of released migrations show in a review. UPDATE_SCHEMAS=1 updates the texts.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { schemaOfLib } from '../support/schema-of-lib.ts';
import { describeSchema } from './describe-schema.ts';

const LIBS = resolve(import.meta.dirname, '../../libs');
const modules = readdirSync(LIBS).filter((lib) => existsSync(join(LIBS, lib, 'src/persistence/migrations')));
const fileOf = (module: string): string => join(LIBS, module, 'src/persistence/schema.txt');

async function migrationsOf(module: string): Promise<(new () => MigrationInterface)[]> {
  const directory = join(LIBS, module, 'src/persistence/migrations');
  const found = [];
  for (const file of readdirSync(directory)
    .filter((name) => name.endsWith('.ts'))
    .toSorted()) {
    found.push(...Object.values((await import(join(directory, file))) as Record<string, new () => MigrationInterface>));
  }
  return found;
}

describe.each(modules)('the migrations of %s', (module) => {
  const schema = schemaOfLib(module);
  let place: TestDatabase;
  let source: DataSource;
  let client: Client;

  beforeAll(async () => {
    place = await createTestDatabase();
    source = new DataSource({
      type: 'postgres',
      url: place.url,
      schema,
      migrations: await migrationsOf(module),
      migrationsTableName: 'migration',
      migrationsTransactionMode: 'each',
    });
    client = new Client({ connectionString: place.url });
    await client.connect();
    await client.query(`CREATE SCHEMA "${schema}"`);
    await source.initialize();
    await source.runMigrations();
  });
  afterAll(async () => {
    await client?.end();
    await source?.destroy();
    await place?.drop();
  });

  test('make the schema that is kept beside them', async () => {
    const made = await describeSchema(client, schema);
    if (process.env['UPDATE_SCHEMAS'] === '1') writeFileSync(fileOf(module), made);
    expect(made).toBe(readFileSync(fileOf(module), 'utf8'));
  });

  test('a change that nobody wrote down is seen', async () => {
    await client.query(`CREATE INDEX "unknown" ON "${schema}"."migration" ("name")`);
    expect(await describeSchema(client, schema)).not.toBe(readFileSync(fileOf(module), 'utf8'));
  });
});
