// Templates with subtasks, on a real PostgreSQL and with tasks' own use cases.
import { DomainError } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { Task } from '@mono/tasks/contract';
import type { Template, TemplateSubtaskInput } from '../../contract/index.js';
import { createRecurrenceWorld, dayAt, dayFrom, type RecurrenceWorld } from '../../testing/recurrence-world.js';

let world: RecurrenceWorld;

beforeAll(async () => {
  world = await createRecurrenceWorld();
});
afterAll(() => world?.end());
beforeEach(async () => {
  await world.take();
});

type Subtask = Pick<TemplateSubtaskInput, keyof TemplateSubtaskInput>;

const HORIZON = { sync_horizon_days: 3, generation_horizon_days: 30 };
const DAILY = { dtstart: dayAt(1, '09:00:00'), timezone: 'UTC', pattern: 'daily' as const, count: 3 };
const FILL = { key: 'fill', title: 'Fill', due_offset: 'PT2H' };
const POUR = { key: 'pour', title: 'Pour', tags: ['garden'] };

const make = (subtasks: Subtask[], more: object = {}) => world.create(DAILY, { subtasks, ...HORIZON, ...more });
const patch = async ({ id }: Pick<Template, 'id'>, subtasks: Subtask[]): Promise<Template> => {
  const changed = await world.api.updateTemplate({ id, patch: { subtasks } }, world.context);
  await world.deliver();
  return changed;
};

async function below({ id }: Pick<Task, 'id'>): Promise<Task[]> {
  return (await world.tasks.findTasks({ parent_id: id, order_by: 'position', limit: 100 }, world.context)).items;
}

/** By task of the template, the titles of its subtasks. */
async function titles(template: Pick<Template, 'id'>): Promise<string[][]> {
  const all = [];
  for (const task of await world.tasksOf(template)) all.push((await below(task)).map(({ title }) => title));
  return all;
}

const faultsOf = (error: unknown): unknown => (error instanceof DomainError ? error.details : error);

test('each task has them, due as long after its start as they say', async () => {
  const template = await make([FILL, POUR]);
  expect(template.subtasks).toMatchObject([
    { ...FILL, priority: 'medium', tags: [], assignee_id: null, estimated_duration: null },
    { ...POUR, due_offset: null },
  ]);
  expect(await titles(template)).toEqual([0, 1, 2].map(() => ['Fill', 'Pour']));
  const [first] = await world.tasksOf(template);
  const [fill, pour] = await below(first as Task);
  expect(fill).toMatchObject({ due_at: `${dayAt(1, '11:00:00')}.000Z`, timezone: 'UTC', starts_on: null });
  expect(pour).toMatchObject({ due_at: null, due_on: null, tags: ['garden'] });
});

test('without times, they are due on days', async () => {
  const rule = { dtstart: dayFrom(1), timezone: 'UTC', pattern: 'daily' as const, count: 1 };
  const template = await world.create(rule, { subtasks: [{ ...FILL, due_offset: 'P2D' }] });
  const [first] = await world.tasksOf(template);
  expect(await below(first as Task)).toMatchObject([{ due_on: dayFrom(3), due_at: null }]);
});

test('a template without any has an empty array, and its event says nothing of them', async () => {
  const template = await make([]);
  expect(template.subtasks).toEqual([]);
  const created = (await world.take()).find(({ event }) => event === 'template_created');
  expect(created?.changes).not.toHaveProperty('subtasks');
  expect((await patch(template, [])).version).toBe(1);
});

test('changes reach the tasks that exist, but for what a user has touched', async () => {
  const template = await make([FILL, POUR]);
  const [first] = await world.tasksOf(template);
  const [mine] = await below(first as Task);
  await world.tasks.updateTask({ id: mine?.id ?? '', patch: { title: 'Mine' } }, world.context);
  const changed = await patch(template, [
    { key: 'more', title: 'More' },
    { ...FILL, title: 'Fill all' },
  ]);
  expect(changed.version).toBe(2);
  const [touched, ...others] = await titles(template);
  expect(touched?.toSorted()).toEqual(['Mine', 'More']);
  expect(others).toEqual([
    ['More', 'Fill all'],
    ['More', 'Fill all'],
  ]);
  await patch(template, []);
  expect(await titles(template)).toEqual([['Mine'], [], []]);
  const events = (await world.take()).filter(({ event }) => event === 'template_updated');
  expect(events.every(({ changes }) => 'subtasks' in changes)).toBe(true);
});

test('without a key, the subtask of the same title is meant, else a new one', async () => {
  const template = await make([{ title: 'Fill' }, { title: 'Pour' }]);
  const [fill, pour] = template.subtasks;
  const [first] = await world.tasksOf(template);
  const before = await below(first as Task);
  const changed = await patch(template, [{ title: 'Pour', priority: 'high' }, { title: 'Rinse' }]);
  expect(changed.subtasks).toMatchObject([
    { key: pour?.key, priority: 'high' },
    { title: 'Rinse', key: expect.not.stringMatching(fill?.key ?? '') as string },
  ]);
  const after = await below(first as Task);
  expect(after.map(({ id }) => id)).toContain(before[1]?.id);
  expect(after.map(({ title }) => title)).toEqual(['Pour', 'Rinse']);
});

test('they go with their tasks when the template is paused, ended or deleted, and return with it', async () => {
  const template = await make([FILL]);
  await world.api.pauseTemplate({ id: template.id }, world.context);
  await world.deliver();
  const countOf = async (): Promise<number> => {
    const rows = await world.database.query(
      `SELECT FROM tasks.task t WHERE t.list_id = $1 AND t.title = 'Fill' AND t.created_at >= $2`,
      [world.list, template.created_at],
    );
    return rows.length;
  };
  expect(await countOf()).toBe(0);
  await world.api.resumeTemplate({ id: template.id }, world.context);
  await world.deliver();
  expect(await titles(template)).toEqual([['Fill'], ['Fill'], ['Fill']]);
  await world.api.deleteTemplate({ id: template.id }, world.context);
  await world.deliver();
  expect(await countOf()).toBe(0);
});

test('with the scope following, the split-off part has its own; with the scope this, they are refused', async () => {
  const template = await make([FILL]);
  const second = { id: template.id, original_start: dayAt(2, '09:00:00') };
  const refused = world.api.changeOccurrence({ ...second, patch: { subtasks: [POUR] } }, world.context);
  expect(faultsOf(await refused.catch((error: unknown) => error))).toMatchObject([
    { field: 'subtasks', code: 'not_combinable' },
  ]);
  const { template: next } = await world.api.changeOccurrence(
    { ...second, scope: 'following', patch: { subtasks: [FILL, POUR] } },
    world.context,
  );
  await world.deliver();
  expect(await titles(template)).toEqual([['Fill']]);
  expect(await titles(next)).toEqual([
    ['Fill', 'Pour'],
    ['Fill', 'Pour'],
  ]);
});

const faulty = async (subtasks: object[]): Promise<unknown> =>
  faultsOf(await make(subtasks as Subtask[]).catch((error: unknown) => error));

test('faults are named with their place', async () => {
  const stranger = uuidv7();
  world.strangers.add(stranger);
  expect(await faulty([POUR, { ...FILL, title: 'x'.repeat(256) }])).toMatchObject([
    { field: 'subtasks[1].title', code: 'too_long' },
  ]);
  expect(await faulty([{ key: 'Not a key', title: 'Title' }])).toMatchObject([{ field: 'subtasks[0].key' }]);
  expect(await faulty([POUR, FILL, POUR])).toMatchObject([{ field: 'subtasks[2].key', code: 'repeated' }]);
  expect(await faulty([POUR, { ...FILL, assignee_id: stranger }])).toMatchObject([
    { field: 'subtasks[1].assignee_id', code: 'not_found' },
  ]);
  const many = Array.from({ length: 51 }, (_, index) => ({ title: `Title ${index}` }));
  expect(await faulty(many)).toMatchObject([{ field: 'subtasks', code: 'too_many' }]);
});

test('subtasks of a member who leaves lose their assignee', async () => {
  const user = uuidv7();
  const template = await make([{ ...FILL, assignee_id: user }, POUR]);
  world.strangers.add(user);
  const about = { workspace_id: world.workspace, user_id: user, request_id: 'leaving', aggregate_id: uuidv7() };
  const event = { id: uuidv7(), subject: 'events.auth.v1.member_removed', event: 'member_removed', changes: {} };
  await world.leaveTasks(user, '2026-02-01T00:00:00.000Z');
  await world.consume(Object.assign(event, about, { version: 2, occurred_at: '2026-02-01T00:00:00.000Z' }));
  await world.work();
  const seen = await world.api.getTemplate({ id: template.id }, world.context);
  expect(seen.subtasks.map(({ assignee_id: id }) => id)).toEqual([null, null]);
});

test('subtasks count among the tasks that are created ahead', async () => {
  const subtasks = Array.from({ length: 49 }, (_, index) => ({ title: `Title ${index}` }));
  const daily = { dtstart: dayAt(1, '09:00:00'), timezone: 'UTC', pattern: 'daily' as const };
  const endless = await world.create(daily, { subtasks, ...HORIZON });
  expect(await world.tasksOf(endless)).toHaveLength(20);
});
