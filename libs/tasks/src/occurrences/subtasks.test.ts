// Subtasks that templates give to their tasks, on a real PostgreSQL: each once for good, until a user works on it.
import type { CallContext } from '@mono/contract';
import { DomainError } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type {
  List,
  OccurrencesClient,
  OccurrenceSubtask,
  ReviseOutcome,
  Task,
  TaskQuery,
  TasksEvent,
} from '../../contract/index.js';
import { occurrencesIn, recurrenceIn, revisionOf, type Occurrence } from '../../testing/occurrences.js';
import { contextOf, createTasksWorld, type TasksOperations, type TasksWorld } from '../../testing/tasks-world.js';

const DAY_MS = 86_400_000;

let world: TasksWorld;
let api: TasksOperations;
let occurrences: OccurrencesClient;
let me: CallContext;
let list: List;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
  occurrences = world.occurrences();
});
afterAll(() => world?.end());
beforeEach(async () => {
  me = contextOf(uuidv7());
  list = await api.createList({ title: 'Home' }, me);
});

type Subtask = Pick<OccurrenceSubtask, keyof OccurrenceSubtask>;

function subtask(key: string, given: Partial<Subtask> = {}): Subtask {
  return {
    key,
    title: `Title of ${key}`,
    priority: 'medium',
    tags: [],
    assignee_id: null,
    due_at: null,
    due_on: null,
    timezone: null,
    estimated_duration: null,
    ...given,
  };
}

const FILL = subtask('fill', { tags: ['garden'], due_on: '2026-05-02', timezone: 'Europe/Berlin' });
const POUR = subtask('pour', { priority: 'low', estimated_duration: 'PT5M' });
const RINSE = subtask('rinse');

async function materialise(batch: readonly Occurrence[]): Promise<string[]> {
  const input = { occurrences: [...batch] };
  const { results } = await occurrences.materialise(recurrenceIn(me.principal.workspaceId), input);
  return results.map(({ outcome }) => outcome);
}

async function make(count = 1, subtasks = [FILL, POUR], given: Partial<Occurrence> = {}): Promise<Occurrence[]> {
  const batch = occurrencesIn(list.id, count, { subtasks, ...given });
  await materialise(batch);
  return batch;
}

async function revise(
  { revision, ...one }: Occurrence,
  given: Partial<Occurrence> | null,
  times = 1,
): Promise<ReviseOutcome | undefined> {
  const said = revisionOf({ ...one, revision: revision + times - 1 }, given);
  const { results } = await occurrences.revise(recurrenceIn(me.principal.workspaceId), { revisions: [said] });
  return results[0]?.outcome;
}

async function found(query: Partial<Pick<TaskQuery, keyof TaskQuery>>): Promise<Task[]> {
  return (await api.findTasks({ limit: 100, order_by: 'position', ...query }, me)).items;
}

const below = ({ task_id: id }: Occurrence): Promise<Task[]> => found({ parent_id: id });
const titlesBelow = async (one: Occurrence): Promise<string[]> => (await below(one)).map(({ title }) => title);
const idsOf = (tasks: readonly Task[]): string[] => tasks.map(({ id }) => id);

async function firstBelow(one: Occurrence): Promise<Task> {
  const [task] = await below(one);
  if (!task) throw new Error('It has no subtask.');
  return task;
}

async function eventsOf(id: string): Promise<TasksEvent[]> {
  const rows = await world.database.query<{ payload: TasksEvent }>(
    'SELECT payload FROM tasks.outbox WHERE aggregate_id = $1 ORDER BY seq',
    [id],
  );
  return rows.map(({ payload }) => payload);
}

test('they come with the task, in their order, each with one event', async () => {
  const [one] = (await make()) as [Occurrence];
  const [fill, pour, ...others] = await below(one);
  expect(others).toEqual([]);
  const { key: _fill, ...given } = FILL;
  expect(fill).toMatchObject({ ...given, list_id: list.id, status: 'todo', version: 1, template_id: null });
  expect(pour).toMatchObject({ title: POUR.title, priority: 'low', estimated_duration: 'PT5M', due_at: null });
  expect(await api.getTask({ id: one.task_id }, me)).toMatchObject({ subtask_counts: { open: 2, done: 0 } });
  const events = await eventsOf(fill?.id ?? '');
  expect(events).toMatchObject([{ event: 'created', origin: 'recurrence', list_id: list.id }]);
  expect(events[0]).not.toHaveProperty('occurrence');
});

test('asked again, by any number of callers at once, there are as many', async () => {
  const batch = occurrencesIn(list.id, 20, { subtasks: [FILL, POUR] });
  const outcomes = await Promise.all(Array.from({ length: 4 }, () => materialise(batch)));
  expect(outcomes.flat().filter((outcome) => outcome === 'created')).toHaveLength(20);
  for (const one of batch) expect(await titlesBelow(one)).toEqual([FILL.title, POUR.title]);
});

test('one that a user has deleted does not come back', async () => {
  const [one] = (await make()) as [Occurrence];
  await api.deleteTask({ id: (await firstBelow(one)).id }, me);
  await materialise([one]);
  await revise(one, {});
  expect(await titlesBelow(one)).toEqual([POUR.title]);
});

test('they follow their template: changed, added, removed and in another order', async () => {
  const [one] = (await make()) as [Occurrence];
  const before = await below(one);
  const changed = { ...POUR, title: 'Pour slowly', tags: ['slow'] };
  await revise(one, { subtasks: [RINSE, changed] });
  expect(await titlesBelow(one)).toEqual([RINSE.title, 'Pour slowly']);
  const after = await below(one);
  expect(after[1]).toMatchObject({ id: before[1]?.id, tags: ['slow'], version: 2 });
  expect((await eventsOf(before[0]?.id ?? '')).at(-1)).toMatchObject({ event: 'deleted', permanent: true });
  // Nothing happens twice, and nothing without a change.
  await revise(one, { subtasks: [RINSE, changed] }, 2);
  expect(await below(one)).toEqual(after);
  await revise(one, { subtasks: [] }, 3);
  expect(await below(one)).toEqual([]);
});

test('one that was removed from the template returns as another task', async () => {
  const [one] = (await make()) as [Occurrence];
  const [before] = await below(one);
  await revise(one, { subtasks: [POUR] });
  await revise(one, { subtasks: [FILL, POUR] }, 2);
  const after = await below(one);
  expect(after.map(({ title }) => title)).toEqual([FILL.title, POUR.title]);
  expect(idsOf(after)).not.toContain(before?.id);
});

test('one that a user has changed, begun or completed stays, and so does its task', async () => {
  const [edited, begun, done, grown] = (await make(4)) as [Occurrence, Occurrence, Occurrence, Occurrence];
  await api.updateTask({ id: (await firstBelow(edited)).id, patch: { title: 'Mine' } }, me);
  await api.updateTask({ id: (await firstBelow(begun)).id, patch: { status: 'in_progress' } }, me);
  await api.updateTask({ id: (await firstBelow(done)).id, patch: { status: 'done' } }, me);
  await api.createTask({ title: 'More', list_id: list.id, parent_id: (await firstBelow(grown)).id }, me);
  const titles = ['Mine', FILL.title, FILL.title, FILL.title];
  for (const [index, one] of [edited, begun, done, grown].entries()) {
    await revise(one, { subtasks: [{ ...FILL, title: 'Theirs' }, RINSE] });
    expect(await titlesBelow(one)).toEqual([titles[index], RINSE.title]);
    await revise(one, { subtasks: [] }, 2);
    expect(await titlesBelow(one)).toEqual([titles[index]]);
    expect(await revise(one, null, 3)).toBe('touched');
    expect(await titlesBelow(one)).toEqual([titles[index]]);
  }
});

test('a task goes with the subtasks that nobody has touched', async () => {
  const [one] = (await make()) as [Occurrence];
  const ids = [one.task_id, ...idsOf(await below(one))];
  expect(await revise(one, null)).toBe('removed');
  for (const id of ids) {
    await expect(api.getTask({ id }, me)).rejects.toMatchObject({ code: 'task_not_found' });
    expect((await eventsOf(id)).map(({ event }) => event)).toEqual(['created', 'deleted']);
  }
});

test('a restored task has its subtasks again, which follow as before', async () => {
  const [one] = (await make()) as [Occurrence];
  const before = idsOf(await below(one));
  await api.deleteTask({ id: one.task_id }, me);
  await world.trash().restoreFromTrash({ id: one.task_id }, me);
  expect(idsOf(await below(one))).toEqual(before);
  await revise(one, { subtasks: [{ ...FILL, title: 'Fill all' }] });
  expect(await titlesBelow(one)).toEqual(['Fill all']);
});

test('they go with their task to another list, and new ones are created there', async () => {
  const [one] = (await make()) as [Occurrence];
  const other = await api.createList({ title: 'Garden' }, me);
  await revise(one, { list_id: other.id, subtasks: [FILL, POUR] });
  expect((await below(one)).map(({ list_id: id }) => id)).toEqual([other.id, other.id]);
  await api.updateTask({ id: one.task_id, patch: { list_id: list.id } }, me);
  await revise(one, { list_id: other.id, subtasks: [FILL, POUR, RINSE] }, 2);
  expect((await below(one)).map(({ list_id: id }) => id)).toEqual([list.id, list.id, list.id]);
});

test('in a list of unique titles, the same subtasks of many tasks are no duplicates', async () => {
  await make(2);
  await api.updateList({ id: list.id, patch: { title_policy: 'unique' } }, me);
  const batch = await make(2);
  const other = await api.createList({ title: 'Other', title_policy: 'unique' }, me);
  for (const { task_id: id } of batch) await api.updateTask({ id, patch: { list_id: other.id } }, me);
  expect(await found({ list_id: other.id, occurrences: 'all' })).toHaveLength(6);
});

test('a successor takes its subtasks along when its predecessor is reopened, unless one of them is touched', async () => {
  const chain = async (): Promise<{ next: Occurrence; reopen: () => Promise<unknown> }> => {
    const [first, second] = occurrencesIn(list.id, 2, { subtasks: [FILL] });
    if (!second) throw new Error('There is no second one.');
    const next = { ...second, successor_of: first.task_id };
    const become = (status: 'done' | 'todo') => api.updateTask({ id: first.task_id, patch: { status } }, me);
    await materialise([first]);
    await become('done');
    await materialise([next]);
    return { next, reopen: () => become('todo') };
  };
  const [one, other] = [await chain(), await chain()];
  const { id } = await firstBelow(one.next);
  await one.reopen();
  await expect(api.getTask({ id }, me)).rejects.toMatchObject({ code: 'task_not_found' });
  await api.updateTask({ id: (await firstBelow(other.next)).id, patch: { status: 'in_progress' } }, me);
  await expect(other.reopen()).rejects.toMatchObject({ code: 'successor_touched' });
});

const noon = (days: number): string =>
  new Date(Math.floor(Date.now() / DAY_MS + days) * DAY_MS + DAY_MS / 2).toISOString();

const titlesOf = async (query: Parameters<typeof found>[0]): Promise<string[]> =>
  (await found(query)).map(({ title }) => title).toSorted();

test('they hide with their task until they are due or begun, also from counts and tags', async () => {
  const dated = occurrencesIn(list.id, 3).map((one, day) =>
    Object.assign({}, one, {
      title: `Day ${day}`,
      due_at: noon(day + 1),
      tags: [],
      subtasks: [{ ...FILL, title: `Fill ${day}`, due_on: null }],
    }),
  );
  await materialise(dated);
  const counts = async (): Promise<object> => (await api.getList({ id: list.id }, me)).counts;
  expect(await titlesOf({})).toEqual(['Day 0', 'Fill 0']);
  expect(await titlesOf({ occurrences: 'due' })).toEqual([]);
  expect(await titlesOf({ occurrences: 'all' })).toHaveLength(6);
  expect(await counts()).toEqual({ total: 6, open: 2, upcoming: 4 });
  expect((await api.findTags({}, me)).items).toEqual([{ name: 'garden', count: 1 }]);
  const last = dated[2];
  if (!last) throw new Error('There is no last one.');
  const { id } = await firstBelow(last);
  await api.updateTask({ id, patch: { status: 'in_progress' } }, me);
  expect(await titlesOf({ occurrences: 'due' })).toEqual(['Fill 2']);
  expect(await counts()).toEqual({ total: 6, open: 3, upcoming: 3 });
  await api.updateTask({ id, patch: { status: 'todo', due_at: noon(-1) } }, me);
  expect(await titlesOf({})).toEqual(['Day 0', 'Fill 0', 'Fill 2']);
  expect(await counts()).toEqual({ total: 6, open: 3, upcoming: 3 });
});

test('a key that is named twice, and two due dates, are refused by name', async () => {
  const [one] = occurrencesIn(list.id, 1, {
    subtasks: [FILL, POUR, { ...FILL, due_at: '2026-05-01T09:00:00.000Z' }],
  });
  const error = await materialise([one]).catch((thrown: unknown) => thrown);
  expect((error as DomainError).details).toMatchObject([
    { field: 'occurrences[0].subtasks[2].due_at', code: 'not_combinable' },
    { field: 'occurrences[0].subtasks[2].key', code: 'repeated' },
  ]);
});
