// Bringing occurrences' tasks to what recurrence says of them now, on a real PostgreSQL: what people have done stays.
import type { OccurrencesClient } from '../../contract/index.js';
import { DomainError } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { OccurrenceRevision, ReviseResult, Task, TaskPatch } from '../../contract/index.js';
import { untilBlocked } from '../../testing/blocked.js';
import { occurrencesIn, recurrenceIn, revisionOf, type Occurrence } from '../../testing/occurrences.js';
import {
  contextOf,
  createTasksWorld,
  insertList,
  type TasksWorld,
  type TasksOperations,
} from '../../testing/tasks-world.js';

let world: TasksWorld;
let api: TasksOperations;
let occurrences: OccurrencesClient;
let workspace: string;
let list: string;
let one: Occurrence;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
  occurrences = world.occurrences();
});
afterAll(() => world?.end());
beforeEach(async () => {
  workspace = uuidv7();
  list = await insertList(world.database, workspace);
  [one] = occurrencesIn(list, 1);
});

async function make(...batch: Occurrence[]): Promise<void> {
  await occurrences.materialise(recurrenceIn(workspace), { occurrences: batch });
}

async function revise(...revisions: OccurrenceRevision[]): Promise<ReviseResult[]> {
  return (await occurrences.revise(recurrenceIn(workspace), { revisions })).results;
}

/** What is answered of one, shortly: `touched in_progress`. */
async function said(revision: OccurrenceRevision): Promise<string> {
  const [result] = await revise(revision);
  return `${result?.outcome} ${result?.status ?? '-'}`;
}

function taskOf(id = one.task_id): Promise<Task> {
  return api.getTask({ id }, contextOf(workspace));
}

function patch(fields: TaskPatch, id = one.task_id): Promise<Task> {
  return api.updateTask({ id, patch: fields }, contextOf(workspace));
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'ok',
    (error: unknown) => (error instanceof DomainError ? error.code : error),
  );
}

/** Name, origin and changed fields of each event of the task. */
async function eventsOf(id = one.task_id): Promise<string[]> {
  const rows = await world.database.query<{ event: string; origin: string; fields: string[]; version: number }>(
    `SELECT payload->>'event' AS event, payload->>'origin' AS origin, version,
       ARRAY(SELECT json_object_keys(payload->'changes') ORDER BY 1) AS fields FROM tasks.outbox WHERE aggregate_id = $1 ORDER BY seq`,
    [id],
  );
  return rows
    .slice(1)
    .map(({ event, origin, fields, version }) =>
      [version, origin, event, ...(event === 'deleted' ? [] : fields)].join(' '),
    );
}

describe('an occurrence that nobody has touched', () => {
  test('is brought to the new content, with one event of its own', async () => {
    await make(one);
    expect(await said(revisionOf(one, { title: 'Feed the cat', priority: 'low', due_at: null }))).toBe('revised todo');
    expect(await taskOf()).toMatchObject({ title: 'Feed the cat', priority: 'low', due_at: null, version: 2 });
    expect(await eventsOf()).toEqual(['2 recurrence updated due_at priority title']);
    expect(await said(revisionOf(one, { title: 'Feed the dog' }, { revision: 3 }))).toBe('revised todo');
  });

  test('is not changed by what it is already', async () => {
    await make(one);
    expect(await said(revisionOf(one, {}))).toBe('unchanged todo');
    expect(await eventsOf()).toEqual([]);
  });

  test('is removed, and does not come back', async () => {
    await make(one);
    expect(await said(revisionOf(one, null))).toBe('removed -');
    expect(await eventsOf()).toEqual(['2 recurrence deleted']);
    await make(one);
    expect(await codeOf(taskOf())).toBe('task_not_found');
  });

  test('goes with its template, and is still untouched', async () => {
    await make(one);
    const [template_id, next] = [uuidv7(), uuidv7()];
    expect(await said(revisionOf(one, {}, { template_id }))).toBe('revised todo');
    expect(await taskOf()).toMatchObject({ template_id, series_id: one.series_id, version: 2 });
    expect(await eventsOf()).toEqual(['2 recurrence updated template_id']);
    expect(await said(revisionOf(one, { title: 'New' }, { template_id: next, revision: 3 }))).toBe('revised todo');
  });

  test('keeps an assignee who has left meanwhile, and gets none who has', async () => {
    const [ada, bob] = [uuidv7(), uuidv7()];
    await make({ ...one, assignee_id: ada });
    world.strangers.add(ada).add(bob);
    expect(await said(revisionOf(one, { assignee_id: ada }))).toBe('unchanged todo');
    expect(await said(revisionOf(one, { assignee_id: bob }, { revision: 3 }))).toBe('revised todo');
    expect(await taskOf()).toMatchObject({ assignee_id: null });
  });

  test('stays where its new list is not there; the revision may be said again', async () => {
    await make(one);
    const lost = revisionOf(one, { list_id: uuidv7(), title: 'New' });
    expect(await said(lost)).toBe('list_not_found todo');
    expect(await taskOf()).toMatchObject({ title: one.title, version: 1 });
    const other = await insertList(world.database, workspace, lost.content?.list_id);
    expect(await said(lost)).toBe('revised todo');
    expect(await taskOf()).toMatchObject({ title: 'New', list_id: other });
  });
});

describe('an occurrence that a user has touched', () => {
  test.each<[string, TaskPatch, string]>([
    ['edited', { title: 'Mine' }, 'todo'],
    ['edited and begun', { title: 'Mine', status: 'in_progress' }, 'in_progress'],
    ['done', { status: 'done' }, 'done'],
    ['put away', { status: 'archived' }, 'archived'],
    ['cancelled', { status: 'cancelled' }, 'cancelled'],
  ])('%s: stays as it is', async (_how, fields, status) => {
    await make(one);
    const mine = await patch(fields);
    expect(await said(revisionOf(one, { title: 'New' }))).toBe(`touched ${status}`);
    expect(await said(revisionOf(one, null, { revision: 3 }))).toBe(`touched ${status}`);
    expect(await taskOf()).toEqual(mine);
  });

  test('and brought back by hand, still stays', async () => {
    await make(one);
    await patch({ title: 'Mine' });
    await patch({ title: one.title });
    expect(await said(revisionOf(one, { title: 'New' }))).toBe('touched todo');
    expect(await taskOf()).toMatchObject({ title: one.title, version: 3 });
  });

  test('by a subtask: stays, until that is gone', async () => {
    await make(one);
    const body = await api.createTask({ title: 'Below', parent_id: one.task_id }, contextOf(workspace));
    const template_id = uuidv7();
    expect(await said(revisionOf(one, null, { template_id }))).toBe('touched todo');
    await api.deleteTask({ id: body.id }, contextOf(workspace));
    expect(await said(revisionOf(one, null, { revision: 3 }))).toBe('removed -');
  });

  test('goes with its template all the same, and is still touched', async () => {
    await make(one);
    await patch({ title: 'Mine' });
    const template_id = uuidv7();
    expect(await said(revisionOf(one, { title: 'New' }, { template_id }))).toBe('touched todo');
    expect(await taskOf()).toMatchObject({ title: 'Mine', template_id, version: 3 });
    expect(await eventsOf()).toEqual(['2 user updated title', '3 recurrence updated template_id']);
    expect(await said(revisionOf(one, null, { template_id, revision: 3 }))).toBe('touched todo');
  });

  test('and deleted: is gone, and stays gone', async () => {
    await make(one);
    await api.deleteTask({ id: one.task_id }, contextOf(workspace));
    expect(await said(revisionOf(one, { title: 'New' }))).toBe('gone -');
    expect(await said(revisionOf(one, null, { revision: 3 }))).toBe('gone -');
    expect(await said(revisionOf(one, null, { revision: 4, force: true }))).toBe('gone -');
  });
});

describe('what a user says of one occurrence', () => {
  test('replaces what was edited before, and then counts as untouched', async () => {
    await make(one);
    await patch({ title: 'Mine' });
    expect(await said(revisionOf(one, { title: 'Said' }, { force: true }))).toBe('revised todo');
    expect(await said(revisionOf(one, { title: 'New' }, { revision: 3 }))).toBe('revised todo');
    expect(await taskOf()).toMatchObject({ title: 'New', version: 4 });
  });

  test('reaches one that is begun, which stays begun', async () => {
    await make(one);
    await patch({ status: 'in_progress' });
    expect(await said(revisionOf(one, { title: 'Said' }, { force: true }))).toBe('revised in_progress');
    expect(await taskOf()).toMatchObject({ title: 'Said', status: 'in_progress' });
    expect(await said(revisionOf(one, { title: 'New' }, { revision: 3 }))).toBe('touched in_progress');
  });

  test.each(['archived', 'done'] as const)('does not change one that is %s', async (status) => {
    await make(one);
    const mine = await patch({ status });
    expect(await said(revisionOf(one, { title: 'Said' }, { force: true }))).toBe(`touched ${status}`);
    expect(await taskOf()).toEqual(mine);
  });

  test.each(['todo', 'in_progress', 'blocked'] as const)('removes one that is edited and %s', async (status) => {
    await make(one);
    await patch({ title: 'Mine', status });
    expect(await said(revisionOf(one, null, { force: true }))).toBe('removed -');
  });

  test.each(['done', 'archived', 'cancelled'] as const)('does not remove one that is %s', async (status) => {
    await make(one);
    await patch({ status });
    expect(await said(revisionOf(one, null, { force: true }))).toBe(`touched ${status}`);
  });

  test('removes the subtasks along, each with its event', async () => {
    await make(one);
    const body = await api.createTask({ title: 'Below', parent_id: one.task_id }, contextOf(workspace));
    expect(await said(revisionOf(one, null, { force: true }))).toBe('removed -');
    expect(await eventsOf(body.id)).toEqual(['2 recurrence deleted']);
    expect(await codeOf(taskOf(body.id))).toBe('task_not_found');
  });
});

describe('an occurrence that was never made', () => {
  test('is not made any more once it is removed', async () => {
    expect(await said(revisionOf(one, null))).toBe('removed -');
    const made = await occurrences.materialise(recurrenceIn(workspace), { occurrences: [one] });
    expect(made.results).toEqual([{ task_id: one.task_id, outcome: 'known' }]);
    expect(await said(revisionOf(one, null, { revision: 5 }))).toBe('removed -');
    expect(await said(revisionOf(one, {}, { revision: 6 }))).toBe('gone -');
  });

  test('is not known, and can be made later', async () => {
    expect(await said(revisionOf(one, { title: 'New' }))).toBe('unknown -');
    await make(one);
    expect(await taskOf()).toMatchObject({ title: one.title });
  });
});

describe('the same said again', () => {
  test('is answered as before, also when a user came in between', async () => {
    await make(one);
    const change = revisionOf(one, { title: 'New' });
    expect(await said(change)).toBe('revised todo');
    await patch({ title: 'Mine' });
    expect(await said(change)).toBe('revised todo');
    expect(await taskOf()).toMatchObject({ title: 'Mine' });
    await api.deleteTask({ id: one.task_id }, contextOf(workspace));
    expect(await said(change)).toBe('revised -');
  });

  test('removes once, and is a removal both times', async () => {
    await make(one);
    expect(await said(revisionOf(one, null))).toBe('removed -');
    expect(await said(revisionOf(one, null))).toBe('removed -');
    expect(await eventsOf()).toEqual(['2 recurrence deleted']);
  });

  test('of a touched one does not count as touched by the template that it was given', async () => {
    await make(one);
    const change = revisionOf(one, { title: 'New' }, { template_id: uuidv7() });
    expect(await said(change)).toBe('revised todo');
    expect(await said(change)).toBe('revised todo');
    expect(await eventsOf()).toHaveLength(1);
  });

  test('with no higher revision than it was made with changes nothing', async () => {
    await make({ ...one, revision: 7 });
    expect(await said(revisionOf(one, { title: 'Old' }, { revision: 7 }))).toBe('unchanged todo');
    expect(await said(revisionOf(one, null, { revision: 3 }))).toBe('unchanged todo');
    expect(await taskOf()).toMatchObject({ title: one.title, version: 1 });
    await api.deleteTask({ id: one.task_id }, contextOf(workspace));
    expect(await said(revisionOf(one, null, { revision: 7 }))).toBe('gone -');
  });

  test('by two at once has one effect', async () => {
    const batch = occurrencesIn(list, 500);
    await make(...batch);
    const changes = batch.map((occurrence) => revisionOf(occurrence, { title: 'New' }));
    const answers = await Promise.all([revise(...changes), revise(...changes.toReversed())]);
    expect(answers.flat().every(({ outcome }) => outcome === 'revised')).toBe(true);
    const [row] = await world.database.query<{ versions: number[] }>(
      'SELECT array_agg(DISTINCT version) AS versions FROM tasks.task WHERE list_id = $1',
      [list],
    );
    expect(row?.versions).toEqual([2]);
  });
});

describe('at the same time as a user', () => {
  test('a change waits for the user’s, and then leaves it', async () => {
    await make(one);
    let revised: Promise<string> | undefined;
    await world.database.transaction(async (on) => {
      await on.query('UPDATE tasks.task SET title = $2, version = version + 1 WHERE id = $1', [one.task_id, 'Mine']);
      revised = said(revisionOf(one, { title: 'New' }));
      await untilBlocked(world.database);
    });
    expect(await revised).toBe('touched todo');
    expect(await taskOf()).toMatchObject({ title: 'Mine', version: 2 });
  });

  test('a removal waits for a subtask that is being made, and then leaves the task', async () => {
    await make(one);
    const below = uuidv7();
    let removed: Promise<string> | undefined;
    await world.database.transaction(async (on) => {
      await on.query(
        `INSERT INTO tasks.task (id, workspace_id, list_id, parent_id, title, title_key, status, priority, position, created_at, updated_at)
         VALUES ($1, $2, $3, $4, 'Below', 'below', 'todo', 'medium', 'k', now(), now())`,
        [below, workspace, list, one.task_id],
      );
      removed = said(revisionOf(one, null));
      await untilBlocked(world.database);
    });
    expect(await removed).toBe('touched todo');
    expect(await taskOf(below)).toMatchObject({ parent_id: one.task_id });
  });

  test('each task has what the user has set and what the template has changed', async () => {
    const batch = occurrencesIn(list, 60);
    await make(...batch);
    const changes = batch.map((occurrence) => revisionOf(occurrence, { title: 'New' }));
    const [results] = await Promise.all([
      revise(...changes),
      ...batch.map(({ task_id }) => patch({ description: 'Mine' }, task_id)),
    ]);
    const tasks = await Promise.all(batch.map(({ task_id }) => taskOf(task_id)));
    expect(tasks.map(({ description }) => description)).toEqual(batch.map(() => 'Mine'));
    expect(tasks.map(({ title, version }) => [title, version])).toEqual(batch.map(() => ['New', 3]));
    expect(results.every(({ outcome }) => outcome === 'revised' || outcome === 'touched')).toBe(true);
  });

  test('the making of what is being removed makes it or does not, and both hear the same', async () => {
    const batch = occurrencesIn(list, 200);
    const removals = batch.map((occurrence) => revisionOf(occurrence, null));
    const [made, removed] = await Promise.all([
      occurrences.materialise(recurrenceIn(workspace), { occurrences: batch }),
      revise(...removals),
    ]);
    expect(new Set(removed.map(({ outcome }) => outcome))).toEqual(new Set(['removed']));
    expect(made.results.every(({ outcome }) => outcome === 'created' || outcome === 'known')).toBe(true);
    expect(await world.database.query('SELECT FROM tasks.task WHERE list_id = $1', [list])).toEqual([]);
  });
});

test('a batch answers each in its order, and touches no other workspace’s', async () => {
  const [a, b, c] = occurrencesIn(list, 3) as [Occurrence, Occurrence, Occurrence];
  await make(a, b);
  const foreign = uuidv7();
  const [far] = occurrencesIn(await insertList(world.database, foreign), 1);
  await occurrences.materialise(recurrenceIn(foreign), { occurrences: [far] });
  await patch({ title: 'Mine' }, b.task_id);
  const results = await revise(
    revisionOf(c, null),
    revisionOf(b, { title: 'New' }),
    revisionOf(far, { title: 'New' }),
    revisionOf(a, { title: 'New' }),
  );
  expect(results.map(({ task_id, outcome }) => [task_id, outcome])).toEqual([
    [c.task_id, 'removed'],
    [b.task_id, 'touched'],
    [far.task_id, 'unknown'],
    [a.task_id, 'revised'],
  ]);
});

test('what contradicts itself is refused by its name', async () => {
  await make(one);
  const twice = revise(revisionOf(one, { due_on: '2026-05-01' }), revisionOf(one, null));
  expect(await twice.catch((error: DomainError) => error.details)).toEqual([
    {
      field: 'revisions[0].content.due_at',
      code: 'not_combinable',
      issue: expect.stringContaining('due_on') as string,
    },
    { field: 'revisions[1].task_id', code: 'repeated', issue: 'must not be named twice' },
  ]);
});
