// The update to words without accents, over a schema in use.
import { Database } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.ts';
import { contextOf, insertList, insertTasks, taskSeed } from '../../testing/tasks-world.js';
import { FindTasks } from '../find-tasks/find-tasks.js';
import { FoldedWords1765470000011 } from './migrations/1765470000011-folded-words.js';
import { tasksMigrations } from './tasks-migrations.js';

const workspace = uuidv7();
let place: TestDatabase;
let database: Database;

beforeAll(async () => {
  place = await createTestDatabase();
  database = await Database.open({
    url: place.url,
    schema: 'tasks',
    migrations: tasksMigrations,
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    installExtensions: false,
  });
  await database.query('CREATE SCHEMA IF NOT EXISTS tasks');
  await database.dataSource.runMigrations();
});
afterAll(async () => {
  await database?.dataSource.destroy();
  await place?.drop();
});

async function found(q: string): Promise<number> {
  const { items } = await new FindTasks(database).findTasks(contextOf(workspace), { q, limit: 500 });
  return items.length;
}

test('the migration finds existing tasks without accents, in batches, and its reversal restores the words', async () => {
  const migration = new FoldedWords1765470000011();
  const runner = database.dataSource.createQueryRunner();
  const list = await insertList(database, workspace);
  await migration.down(runner);
  const seeds = Array.from({ length: 1_100 }, (_, index) =>
    taskSeed({ workspace_id: workspace, list_id: list, title: index % 5 === 0 ? 'Größe' : 'Plain', description: 'é' }),
  );
  await insertTasks(database, seeds);
  expect([await found('größe'), await found('grosse')]).toEqual([220, 0]);
  await migration.up(runner);
  expect([await found('größe'), await found('grosse'), await found('plain e')]).toEqual([220, 220, 500]);
  // A broken-off update runs again.
  await migration.up(runner);
  await migration.down(runner);
  await runner.release();
  expect([await found('größe'), await found('grosse')]).toEqual([220, 0]);
});
