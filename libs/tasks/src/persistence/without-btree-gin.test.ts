// A role that owns its schema and nothing else cannot install an extension: the tables come about all the same.
import { randomBytes } from 'node:crypto';
import { Database } from '@mono/platform';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.ts';
import { contextOf, insertList, insertTasks, taskSeed } from '../../testing/tasks-world.js';
import { FindTasks } from '../find-tasks/find-tasks.js';
import { tasksMigrations } from './tasks-migrations.js';

const role = `tasks_${randomBytes(6).toString('hex')}`;
const workspaceId = '0198b6c2-0000-7000-8000-000000000001';
let place: TestDatabase;
let database: Database | undefined;

async function asOwner(...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: place.url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  place = await createTestDatabase();
  await asOwner(`CREATE ROLE ${role} LOGIN`, `CREATE SCHEMA tasks AUTHORIZATION ${role}`);
});
afterAll(async () => {
  await database?.dataSource.destroy();
  await asOwner(`DROP OWNED BY ${role} CASCADE`, `DROP ROLE ${role}`);
  await place.drop();
});

test('the schema is made, and words and tags are found, without the extension', async () => {
  const url = new URL(place.url);
  url.username = role;
  database = await Database.open({
    url: url.href,
    schema: 'tasks',
    migrations: tasksMigrations,
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    // Its own wish for uuid-ossp is none of this module's.
    installExtensions: false,
  });
  await database.dataSource.runMigrations();
  expect(await database.query(`SELECT 1 FROM pg_extension WHERE extname = 'btree_gin'`)).toEqual([]);
  const list_id = await insertList(database, workspaceId);
  const task = taskSeed({ workspace_id: workspaceId, list_id, title: 'Buy milk', tags: ['errand'] });
  await insertTasks(database, [task]);
  const { items } = await new FindTasks(database).findTasks(contextOf(workspaceId), { q: 'mil', tag: ['errand'] });
  expect(items.map(({ id }) => id)).toEqual([task.id]);
});
