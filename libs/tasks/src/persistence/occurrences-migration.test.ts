// The update to occurrences, made by the module's own role over a schema in use: what is there stays as it is, a node of the
// release before goes on, and the way back leaves the tasks.
import { controllersOf, localBus } from '@mono/platform/testing';
import { OccurrencesClient } from '../../contract/index.js';
import { Database } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import { createModuleRole, type ModuleRole } from '../../../../test/support/module-role.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.ts';
import { occurrencesIn, recurrenceIn, revisionOf } from '../../testing/occurrences.js';
import {
  contextOf,
  createTasksNode,
  insertList,
  insertTasks,
  JOINED_AT,
  taskSeed,
  tasksOperationsOf,
} from '../../testing/tasks-world.js';
import { Initial1763676000000 } from './migrations/1763676000000-initial.js';
import { Occurrences1763800000000 } from './migrations/1763800000000-occurrences.js';
import { tasksMigrations } from './tasks-migrations.js';

const members = {
  memberships: (_workspace: string, ids: readonly string[]) =>
    Promise.resolve(ids.map((user_id) => ({ user_id, joined_at: JOINED_AT }))),
};
const workspace = uuidv7();
let place: TestDatabase;
let role: ModuleRole;
let database: Database;

beforeAll(async () => {
  place = await createTestDatabase();
  role = await createModuleRole(place.url, 'tasks');
  database = await Database.open({
    url: role.url,
    schema: 'tasks',
    migrations: tasksMigrations,
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    installExtensions: false,
  });
  await database.query('CREATE SCHEMA IF NOT EXISTS tasks');
});
afterAll(async () => {
  await database?.dataSource.destroy();
  await place?.drop();
  await role?.drop();
});

test('it expands only, and all that recurrence asks is allowed to the role', async () => {
  const runner = database.dataSource.createQueryRunner();
  await new Initial1763676000000().up(runner);
  const list = await insertList(database, workspace);
  const old = taskSeed({ workspace_id: workspace, list_id: list, title: 'Old', template_id: uuidv7() });
  await insertTasks(database, [old]);
  await new Occurrences1763800000000().up(runner);
  // As a node of the release before writes it.
  await insertTasks(database, [taskSeed({ workspace_id: workspace, list_id: list, title: 'Meanwhile' })]);
  // What came later, of which the use cases of today have need.
  for (const Later of tasksMigrations.slice(2)) await new Later().up(runner);
  const node = await createTasksNode(database, members);
  const api = tasksOperationsOf(node);
  const seen = await api.updateTask({ id: old.id, patch: { title: 'New' } }, contextOf(workspace));
  expect(seen).toMatchObject({ template_id: old.template_id, series_id: null, original_start: null, version: 2 });

  const occurrences = new OccurrencesClient(localBus(...controllersOf(node)));
  const batch = occurrencesIn(list, 2);
  const made = await occurrences.materialise(recurrenceIn(workspace), { occurrences: batch });
  expect(made.results.map(({ outcome }) => outcome)).toEqual(['created', 'created']);
  const revisions = [revisionOf(batch[0], null)];
  const revised = await occurrences.revise(recurrenceIn(workspace), { revisions });
  expect(revised.results.map(({ outcome }) => outcome)).toEqual(['removed']);

  await new Occurrences1763800000000().down(runner);
  await runner.release();
  const left = await database.query<{ title: string }>('SELECT title FROM tasks.task ORDER BY title');
  expect(left.map(({ title }) => title)).toEqual(['Meanwhile', 'New', batch[0].title]);
});
