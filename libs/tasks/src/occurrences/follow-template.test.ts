// Occurrences that users have worked on follow their template field by field, on a real PostgreSQL.
import { uuidv7 } from 'uuidv7';
import type { OccurrencesClient, Task, TaskPatch } from '../../contract/index.js';
import { occurrencesIn, recurrenceIn, revisionOf, type Content, type Occurrence } from '../../testing/occurrences.js';
import {
  contextOf,
  createTasksWorld,
  insertList,
  type TasksOperations,
  type TasksWorld,
} from '../../testing/tasks-world.js';

let world: TasksWorld;
let api: TasksOperations;
let occurrences: OccurrencesClient;
let workspace: string;
let list: string;
let other: string;
let one: Occurrence;
let revision: number;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
  occurrences = world.occurrences();
});
afterAll(() => world?.end());
beforeEach(async () => {
  workspace = uuidv7();
  list = await insertList(world.database, workspace);
  other = await insertList(world.database, workspace);
  [one] = occurrencesIn(list, 1);
  revision = 1;
  await occurrences.materialise(recurrenceIn(workspace), { occurrences: [one] });
});

/** The template says so. @returns outcome and status. */
async function follow(given: Partial<Content> | null, more: { force?: boolean } = {}): Promise<string> {
  revision += 1;
  const revisions = [revisionOf(one, given, { revision, ...more })];
  const { results } = await occurrences.revise(recurrenceIn(workspace), { revisions });
  return `${results[0]?.outcome} ${results[0]?.status ?? '-'}`;
}

const taskOf = (): Promise<Task> => api.getTask({ id: one.task_id }, contextOf(workspace));
const edit = (patch: TaskPatch): Promise<Task> => api.updateTask({ id: one.task_id, patch }, contextOf(workspace));

/** Version, origin and changed fields of each change. */
async function changesOf(): Promise<string[]> {
  const rows = await world.database.query<{ version: number; origin: string; fields: string[] }>(
    `SELECT version, payload->>'origin' AS origin, ARRAY(SELECT json_object_keys(payload->'changes') ORDER BY 1) AS fields
     FROM tasks.outbox WHERE aggregate_id = $1 AND version > 1 ORDER BY seq`,
    [one.task_id],
  );
  return rows.map(({ version, origin, fields }) => [version, origin, ...fields].join(' '));
}

const everything = (): Content => ({
  list_id: other,
  title: 'New',
  description: 'New',
  priority: 'low',
  tags: ['new'],
  assignee_id: uuidv7(),
  due_at: '2026-05-02T10:00:00.000Z',
  due_on: null,
  starts_on: '2026-05-02',
  timezone: 'UTC',
  estimated_duration: 'PT1H',
});

test('one whose title was edited follows in all other fields, in one change, and keeps its title for good', async () => {
  await edit({ title: 'Mine' });
  const next = everything();
  expect(await follow(next)).toBe('touched todo');
  expect(await taskOf()).toMatchObject({ ...next, title: 'Mine', version: 3 });
  const others = Object.keys(next).filter((field) => field !== 'title' && field !== 'due_on');
  expect(await changesOf()).toEqual(['2 user title', `3 recurrence ${others.toSorted().join(' ')}`]);
  expect(await follow({ ...next, title: 'Newer', priority: 'urgent' })).toBe('touched todo');
  expect(await taskOf()).toMatchObject({ title: 'Mine', priority: 'urgent', version: 4 });
  expect(await follow({ ...next, priority: 'urgent' })).toBe('touched todo');
  expect(await taskOf()).toMatchObject({ version: 4 });
});

test.each<[string, () => TaskPatch]>([
  ['list_id', () => ({ list_id: list })],
  ['description', () => ({ description: null })],
  ['priority', () => ({ priority: 'medium' })],
  ['tags', () => ({ tags: [] })],
  ['assignee_id', () => ({ assignee_id: uuidv7() })],
  ['due_at', () => ({ due_at: '2026-05-09T09:00:00.000Z' })],
  ['starts_on', () => ({ starts_on: null })],
  ['timezone', () => ({ timezone: 'Asia/Tokyo' })],
  ['estimated_duration', () => ({ estimated_duration: 'PT5M' })],
])('%s stays as a user has set it, and the other fields follow', async (field, patch) => {
  if (field === 'list_id') await edit({ list_id: other });
  const own = await edit(patch());
  const next = everything();
  expect(await follow(next)).toBe('touched todo');
  expect(await taskOf()).toMatchObject({ ...next, [field]: own[field as keyof Task] });
});

test('a field that was edited back keeps its value', async () => {
  await edit({ title: 'Mine' });
  await edit({ title: one.title });
  await follow({ title: 'New', priority: 'low' });
  expect(await taskOf()).toMatchObject({ title: one.title, priority: 'low' });
});

test.each(['in_progress', 'blocked'] as const)('one that is %s follows and keeps its status', async (status) => {
  await edit({ status });
  await edit({ description: 'Mine' });
  expect(await follow({ title: 'New', description: 'New' })).toBe(`touched ${status}`);
  expect(await taskOf()).toMatchObject({ title: 'New', description: 'Mine', status });
});

test.each(['done', 'cancelled', 'archived'] as const)(
  'one that is %s does not follow; once reopened, it does',
  async (status) => {
    await edit({ title: 'Mine' });
    const closed = await edit({ status });
    expect(await follow({ title: 'New', priority: 'low' })).toBe(`touched ${status}`);
    expect(await taskOf()).toEqual(closed);
    await edit({ status: 'todo' });
    expect(await follow({ title: 'New', priority: 'low' })).toBe('touched todo');
    expect(await taskOf()).toMatchObject({ title: 'Mine', priority: 'low' });
  },
);

test.each<[string, TaskPatch, object]>([
  ['no due date', { due_at: null }, { due_at: null, due_on: null }],
  ['a due day', { due_at: null, due_on: '2026-06-01' }, { due_at: null, due_on: '2026-06-01' }],
  ['another time', { due_at: '2026-06-01T09:00:00.000Z' }, { due_at: '2026-06-01T09:00:00.000Z', due_on: null }],
])('one with %s keeps it when the template has days without times, and with times again', async (_how, patch, due) => {
  await edit(patch);
  expect(await follow({ due_at: null, due_on: '2026-05-03', starts_on: '2026-05-03' })).toBe('touched todo');
  expect(await taskOf()).toMatchObject({ ...due, starts_on: '2026-05-03' });
  expect(await follow({ due_at: '2026-05-04T09:00:00.000Z', title: 'New' })).toBe('touched todo');
  expect(await taskOf()).toMatchObject({ ...due, title: 'New' });
});

test('one with a subtask follows, and is still untouched without it', async () => {
  const below = await api.createTask({ title: 'Below', parent_id: one.task_id }, contextOf(workspace));
  expect(await follow({ title: 'New' })).toBe('touched todo');
  expect(await taskOf()).toMatchObject({ title: 'New', version: 2 });
  await api.deleteTask({ id: below.id }, contextOf(workspace));
  expect(await follow(null)).toBe('removed -');
});

test('one that is related to another task follows, and is not removed', async () => {
  const after = await api.createTask({ title: 'Harvest' }, contextOf(workspace));
  await edit({ title: 'Mine' });
  await api.createRelation({ id: one.task_id, kind: 'blocks', task_id: after.id }, contextOf(workspace));
  expect(await follow({ title: 'New', priority: 'low' })).toBe('touched todo');
  expect(await taskOf()).toMatchObject({ title: 'Mine', priority: 'low' });
  expect(await follow(null)).toBe('touched todo');
});

test('one that follows is still not removed', async () => {
  await edit({ title: 'Mine' });
  await follow({ priority: 'low' });
  expect(await follow(null)).toBe('touched todo');
  expect(await taskOf()).toMatchObject({ title: 'Mine', priority: 'low' });
});

test('one that a user has moved stays in its list when that of the template is gone', async () => {
  await edit({ list_id: other });
  expect(await follow({ list_id: uuidv7(), title: 'New' })).toBe('touched todo');
  expect(await taskOf()).toMatchObject({ list_id: other, title: 'New' });
});

test('one that follows again because a user says so follows in every field, until it is edited again', async () => {
  await edit({ title: 'Mine', priority: 'low' });
  expect(await follow({}, { force: true })).toBe('revised todo');
  expect(await follow({ title: 'New' })).toBe('revised todo');
  await edit({ priority: 'urgent' });
  await follow({ title: 'Newer', priority: 'medium' });
  expect(await taskOf()).toMatchObject({ title: 'Newer', priority: 'urgent' });
});

test('one that follows again without a difference forgets what was set before', async () => {
  await edit({ title: 'Mine' });
  expect(await follow({ title: 'Mine' }, { force: true })).toBe('unchanged todo');
  await edit({ priority: 'urgent' });
  await follow({ title: 'New', priority: 'low' });
  expect(await taskOf()).toMatchObject({ title: 'New', priority: 'urgent' });
});

test('changes by others in between are nobody’s own', async () => {
  const [ada, bob] = [uuidv7(), uuidv7()];
  await follow({ assignee_id: ada });
  await edit({ title: 'Mine' });
  await world
    .formerMembers()
    .end({ workspaceId: workspace, userId: ada, requestId: 'leaving' }, '2026-11-01T00:00:00Z');
  expect(await taskOf()).toMatchObject({ assignee_id: null });
  await follow({ title: 'New', assignee_id: bob });
  expect(await taskOf()).toMatchObject({ title: 'Mine', assignee_id: bob });
});

test('a tag that is renamed counts as set by the user', async () => {
  await api.renameTag({ name: 'home', patch: { name: 'house' } }, contextOf(workspace));
  await follow({ title: 'New' });
  expect(await taskOf()).toMatchObject({ title: 'New', tags: ['house'] });
});

test('one that a node of the previous release has changed stays as it is, until a user says that it follows', async () => {
  await edit({ title: 'Mine' });
  await world.database.query(`UPDATE tasks.task SET description = 'Mine', version = version + 1 WHERE id = $1`, [
    one.task_id,
  ]);
  expect(await follow({ priority: 'low', description: 'New' })).toBe('touched todo');
  await edit({ tags: ['mine'] });
  expect(await follow({ priority: 'low', description: 'New' })).toBe('touched todo');
  const own = { title: 'Mine', description: 'Mine', tags: ['mine'], priority: one.priority };
  expect(await taskOf()).toMatchObject({ ...own, version: 4 });
  expect(await follow({}, { force: true })).toBe('revised todo');
  await edit({ title: 'Mine' });
  await follow({ title: 'New', description: 'New' });
  expect(await taskOf()).toMatchObject({ title: 'Mine', description: 'New' });
});
