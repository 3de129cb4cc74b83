import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.ts';
import { StartUpError } from '@mono/embedded/start-up-error';
import type { Database } from './database.js';
import { migrate } from './migrate.js';
import { openDatabase } from './open-database.js';
import { runConcurrently } from './run-concurrently.js';

class Initial1763676000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Slow enough for another node to come by.
    await runner.query('SELECT pg_sleep(0.2)');
    await runner.query('CREATE TABLE "notes"."note" (text text)');
    await runner.query(`INSERT INTO "notes"."note" VALUES ('once')`);
  }
  async down(): Promise<void> {}
}

class Indexed1763676000001 implements MigrationInterface {
  transaction = false;

  up(runner: QueryRunner): Promise<void> {
    return runConcurrently(runner, ['CREATE INDEX CONCURRENTLY "note_by_text" ON "notes"."note" ("text")']);
  }
  async down(): Promise<void> {}
}

describe('migrate', () => {
  let place: TestDatabase;
  const opened: Database[] = [];

  async function open(): Promise<Database> {
    const database = await openDatabase({
      module: 'notes',
      url: place.url,
      poolSize: 3,
      statementTimeoutMs: 10_000,
      migrations: [Initial1763676000000, Indexed1763676000001],
    });
    opened.push(database);
    return database;
  }

  beforeEach(async () => {
    place = await createTestDatabase();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((database) => database.dataSource.destroy()));
    await place.drop();
  });

  test('concurrent nodes migrate once, including a concurrent index build', async () => {
    const [first, second, third] = [await open(), await open(), await open()];
    await Promise.all([migrate(first, 'notes'), migrate(second, 'notes')]);
    await migrate(third, 'notes');
    expect(await first.query('SELECT text FROM "notes"."note"')).toEqual([{ text: 'once' }]);
    expect(await first.query('SELECT name FROM "notes"."migration"')).toEqual([
      { name: 'Initial1763676000000' },
      { name: 'Indexed1763676000001' },
    ]);
  });

  test('a schema that a newer release has expanded is used, and its migrations are reported', async () => {
    const database = await open();
    await migrate(database, 'notes');
    await database.query(`INSERT INTO "notes"."migration" ("timestamp", "name") VALUES (2, 'FromTheFuture2')`);
    const newer: unknown[] = [];
    await migrate(database, 'notes', (migrations) => newer.push(migrations));
    expect(newer).toEqual([['FromTheFuture2']]);
  });

  test('a schema that a newer release has contracted is refused, with a remedy, and left alone', async () => {
    const database = await open();
    await migrate(database, 'notes');
    await database.query(`INSERT INTO "notes"."migration" ("timestamp", "name") VALUES (2, 'ContractNotes2')`);
    const refused = await migrate(database, 'notes').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StartUpError);
    expect(refused).toMatchObject({
      message: expect.stringMatching(/newer.*ContractNotes2/),
      remedy: expect.stringContaining('newer version'),
    });
    // The lock is free again.
    await database.query(`DELETE FROM "notes"."migration" WHERE "timestamp" = 2`);
    await migrate(database, 'notes');
  });
});
