// Occurrences of templates that users relate to other tasks.
import { uuidv7 } from 'uuidv7';
import { occurrencesIn, recurrenceIn, revisionOf } from '../../testing/occurrences.js';
import { contextOf, createTasksWorld, insertList, type TasksWorld } from '../../testing/tasks-world.js';

let world: TasksWorld;

beforeAll(async () => {
  world = await createTasksWorld();
});
afterAll(() => world?.end());

test('recurrence does not withdraw an occurrence that has a relation, at either of its ends', async () => {
  const workspace = uuidv7();
  const api = world.useCases();
  const me = contextOf(workspace);
  const recurrence = recurrenceIn(workspace);
  const occurrences = occurrencesIn(await insertList(world.database, workspace), 3);
  await world.occurrences().materialise(recurrence, { occurrences });
  const [blocking, blocked] = occurrences.map(({ task_id }) => task_id);
  await api.createRelation({ id: blocking ?? '', kind: 'blocks', task_id: blocked ?? '' }, me);
  const revisions = occurrences.map((occurrence) => revisionOf(occurrence, null));
  const { results } = await world.occurrences().revise(recurrence, { revisions });
  expect(results.map(({ outcome }) => outcome)).toEqual(['touched', 'touched', 'removed']);
  expect((await api.findRelations({ id: blocked ?? '' }, me)).items).toMatchObject([{ kind: 'blocked_by' }]);
});
