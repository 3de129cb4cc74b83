// Tasks of templates in the trash: what recurrence may do with them once they are back.
import type { CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { MaterialiseOutcome, OccurrencesClient, Task } from '../../contract/index.js';
import { untilBlocked } from '../../testing/blocked.js';
import { occurrencesIn, recurrenceIn, revisionOf, type Occurrence } from '../../testing/occurrences.js';
import {
  createTasksWorld,
  insertList,
  type TasksOperations,
  type TasksTrash,
  type TasksWorld,
} from '../../testing/tasks-world.js';
import { callers, codeOf, eventsOf, namesOf, shownOf } from '../../testing/trash.js';
import { lockOccurrences } from '../persistence/occurrence-records.js';

let world: TasksWorld;
let api: TasksOperations;
let trash: TasksTrash;
let occurrences: OccurrencesClient;
let me: CallContext;
let first: Occurrence;
let next: Occurrence;
let listId: string;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
  trash = world.trash();
  occurrences = world.occurrences();
});
afterAll(() => world?.end());
beforeEach(async () => {
  ({ me } = callers());
  listId = await insertList(world.database, me.principal.workspaceId);
  const [one, two] = occurrencesIn(listId, 2);
  first = one;
  next = { ...(two ?? one), successor_of: one.task_id };
  await make(first);
});

const asked = () => recurrenceIn(me.principal.workspaceId);
const taskOf = async (one: Occurrence): Promise<Task> => await api.getTask({ id: one.task_id }, me);
const remove = (one: Occurrence): Promise<void> => api.deleteTask({ id: one.task_id }, me);
const restore = (one: Occurrence): Promise<string> => codeOf(trash.restoreFromTrash({ id: one.task_id }, me));

async function make(one: Occurrence): Promise<MaterialiseOutcome | undefined> {
  const { results } = await occurrences.materialise(asked(), { occurrences: [one] });
  return results[0]?.outcome;
}

async function revise(...[one, content, said]: Parameters<typeof revisionOf>): Promise<string | undefined> {
  const { results } = await occurrences.revise(asked(), { revisions: [revisionOf(one, content, said)] });
  return results[0]?.outcome;
}

test('a restored one is the occurrence that it was, and its event says which', async () => {
  const before = await taskOf(first);
  await remove(first);
  expect(await restore(first)).toBe('ok');
  expect(shownOf(await taskOf(first))).toEqual(shownOf(before));
  const { template_id, series_id, original_start } = first;
  expect((await eventsOf(world, first.task_id)).at(-1)).toMatchObject({
    event: 'restored',
    occurrence: { template_id, series_id, original_start },
    changes: { template_id: { from: null, to: template_id } },
  });
});

test('a restored one that nobody had touched follows its template', async () => {
  await remove(first);
  await restore(first);
  expect(await make(first)).toBe('known');
  expect(await revise(first, { title: 'New' })).toBe('revised');
  expect(await taskOf(first)).toMatchObject({ title: 'New' });
  await remove(first);
  await restore(first);
  expect(await revise({ ...first, revision: 2 }, null)).toBe('removed');
});

test.each(['edited before', 'restored elsewhere'])(
  'one that was %s follows in other fields, and is neither removed nor made again',
  async (how) => {
    const other = await insertList(world.database, me.principal.workspaceId);
    if (how === 'edited before') await api.updateTask({ id: first.task_id, patch: { priority: 'low' } }, me);
    await remove(first);
    const list_id = how === 'edited before' ? listId : other;
    await trash.restoreFromTrash({ id: first.task_id, list_id }, me);
    expect(await make(first)).toBe('known');
    const elsewhere = await insertList(world.database, me.principal.workspaceId);
    expect(await revise(first, { title: 'New', priority: 'urgent', list_id: elsewhere })).toBe('touched');
    const own = how === 'edited before' ? { priority: 'low', list_id: elsewhere } : { priority: 'urgent', list_id };
    expect(await taskOf(first)).toMatchObject({ title: 'New', ...own });
    expect(await revise({ ...first, revision: 2 }, null)).toBe('touched');
    expect(await revise({ ...first, revision: 3 }, null, { force: true })).toBe('removed');
  },
);

test('one that is restored with another title keeps that, and what was edited before', async () => {
  await api.updateTask({ id: first.task_id, patch: { priority: 'low' } }, me);
  await remove(first);
  await trash.restoreFromTrash({ id: first.task_id, title: 'Mine' }, me);
  expect(await revise(first, { title: 'New', priority: 'urgent', tags: ['new'] })).toBe('touched');
  expect(await taskOf(first)).toMatchObject({ title: 'Mine', priority: 'low', tags: ['new'] });
});

test('one whose occurrence has another task stays in the trash', async () => {
  await remove(first);
  const again = { ...first, task_id: uuidv7() };
  expect(await make(again)).toBe('created');
  expect(await restore(first)).toBe('occurrence_has_task');
  await remove(again);
  expect(await restore(first)).toBe('ok');
});

test('what recurrence withdraws is gone for good', async () => {
  expect(await revise(first, null)).toBe('removed');
  expect((await trash.findTrash({ limit: 10 }, me)).items).toEqual([]);
  expect((await eventsOf(world, first.task_id)).at(-1)).toMatchObject({ event: 'deleted', permanent: true });
  const facts = await world.database.query(
    `SELECT last_facts->>'title' AS title FROM tasks.status_transition WHERE task_id = $1 AND to_status IS NULL`,
    [first.task_id],
  );
  expect(facts).toEqual([{ title: first.title }]);
});

test('an occurrence that somebody skips is in the trash, and comes back', async () => {
  await api.createTask({ title: 'Child', parent_id: first.task_id }, me);
  expect(await revise(first, null, { force: true })).toBe('removed');
  const { items } = await trash.findTrash({ limit: 10 }, me);
  expect(items).toMatchObject([{ id: first.task_id, holds: { task: 1 } }]);
  expect((await eventsOf(world, first.task_id)).at(-1)).toMatchObject({ origin: 'recurrence', permanent: false });
  expect(await restore(first)).toBe('ok');
  expect(await taskOf(first)).toMatchObject({ template_id: first.template_id });
});

describe('one after the other', () => {
  test('what followed an open one goes when that is restored', async () => {
    await remove(first);
    expect(await make(next)).toBe('created');
    expect(await restore(first)).toBe('ok');
    expect(await codeOf(taskOf(next))).toBe('task_not_found');
    expect((await eventsOf(world, next.task_id)).at(-1)).toMatchObject({ event: 'deleted', permanent: true });
    expect(await make({ ...next, task_id: uuidv7() })).toBe('predecessor_open');
  });

  test('what has been worked on keeps it in the trash', async () => {
    await remove(first);
    await make(next);
    await api.updateTask({ id: next.task_id, patch: { title: 'Mine' } }, me);
    expect(await restore(first)).toBe('successor_touched');
    expect(await namesOf(world, first.task_id)).toEqual(['created', 'deleted']);
    await remove(next);
    expect(await restore(first)).toBe('ok');
  });

  test('a closed one comes back beside what followed it', async () => {
    await api.updateTask({ id: first.task_id, patch: { status: 'done' } }, me);
    await make(next);
    await remove(first);
    expect(await restore(first)).toBe('ok');
    expect(await codeOf(taskOf(next))).toBe('ok');
  });

  test.each(['restored first', 'followed first'])('of restoring and following at once, one wins: %s', async (order) => {
    await remove(first);
    const works = [() => restore(first), () => make(next)];
    if (order === 'followed first') works.reverse();
    const started: Promise<unknown>[] = [];
    await world.database.transaction(async (on) => {
      await lockOccurrences(on, me.principal.workspaceId, [first.task_id]);
      for (const work of works) {
        started.push(work());
        await untilBlocked(world.database, started.length);
      }
    });
    await Promise.all(started);
    expect(await codeOf(taskOf(first))).toBe('ok');
    expect(await codeOf(taskOf(next))).toBe('task_not_found');
  });
});
