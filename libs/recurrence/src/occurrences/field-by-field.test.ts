// An exception overrides the fields that it names, and all others follow the template: whatever users and templates change, and
// whenever recurrence learns of it. On a real PostgreSQL with the operations of tasks.
import { isDeepStrictEqual } from 'node:util';
import { array, assert, asyncProperty, constantFrom, integer, oneof, record } from 'fast-check';
import {
  createRecurrenceWorld,
  dayAt,
  type PublishedEvent,
  type RecurrenceWorld,
} from '../../testing/recurrence-world.js';

let world: RecurrenceWorld;

beforeAll(async () => {
  world = await createRecurrenceWorld();
});
afterAll(() => world?.end());

const dailyAt = (time: string) => ({ dtstart: dayAt(1, time), timezone: 'UTC', pattern: 'daily' as const });

async function firstOf(template: { id: string }): Promise<{ id: string; original_start: string }> {
  const [task] = await world.tasksOf(template);
  return { id: task?.id ?? '', original_start: task?.original_start ?? '' };
}

const taskOf = (id: string) => world.tasks.getTask({ id }, world.context);
const change = (template: { id: string }, patch: object) =>
  world.api.updateTemplate({ id: template.id, patch }, world.context);

test('an occurrence whose title was edited gets the new priority and tags of its template', async () => {
  const template = await world.create(dailyAt('09:00:00'), { lead_days: 5 });
  const { id } = await firstOf(template);
  await world.tasks.updateTask({ id, patch: { title: 'Water the cactus' } }, world.context);
  await world.deliver();
  await change(template, { title: 'Water the garden', priority: 'high', tags: ['garden'] });
  expect(await taskOf(id)).toMatchObject({ title: 'Water the cactus', priority: 'high', tags: ['garden'] });
});

test('an occurrence follows in the fields that an exception of the API does not name, and in all once it is undone', async () => {
  const template = await world.create(dailyAt('09:00:00'), { lead_days: 5 });
  const { id, original_start: start } = await firstOf(template);
  const exception = { original_start: start, kind: 'edit' as const, fields: { title: 'Water the cactus' } };
  await world.api.createException({ id: template.id, ...exception }, world.context);
  await world.tasks.updateTask({ id, patch: { priority: 'urgent' } }, world.context);
  await world.deliver();
  await change(template, { title: 'Water the garden', priority: 'high', tags: ['garden'] });
  expect(await taskOf(id)).toMatchObject({ title: 'Water the cactus', priority: 'urgent', tags: ['garden'] });
  await world.api.undoException({ id: template.id, original_start: start }, world.context);
  expect(await taskOf(id)).toMatchObject({ title: 'Water the garden', priority: 'high', tags: ['garden'] });
  await change(template, { title: 'Water the herbs' });
  expect(await taskOf(id)).toMatchObject({ title: 'Water the herbs' });
});

test('an occurrence that is edited goes to another hour with its template, and one that is moved does not', async () => {
  const template = await world.create(dailyAt('09:00:00'), { lead_days: 5 });
  const [edited, moved, back] = await world.tasksOf(template);
  const [later, own] = [`${dayAt(2, '18:00:00')}.000Z`, back?.due_at ?? ''];
  await world.tasks.updateTask({ id: edited?.id ?? '', patch: { title: 'Mine' } }, world.context);
  await world.tasks.updateTask({ id: moved?.id ?? '', patch: { due_at: later } }, world.context);
  await world.tasks.updateTask({ id: back?.id ?? '', patch: { due_at: later } }, world.context);
  await world.tasks.updateTask({ id: back?.id ?? '', patch: { due_at: own } }, world.context);
  await world.deliver();
  await change(template, { rule: dailyAt('07:30:00') });
  expect(await taskOf(edited?.id ?? '')).toMatchObject({ title: 'Mine', due_at: `${dayAt(1, '07:30:00')}.000Z` });
  expect(await taskOf(moved?.id ?? '')).toMatchObject({ due_at: later });
  // Set by the user as well, though it was the template's.
  expect(await taskOf(back?.id ?? '')).toMatchObject({ due_at: own });
  const { items } = await world.api.findExceptions({ id: template.id }, world.context);
  expect(items.map(({ kind, at }) => [kind, at])).toEqual([
    ['edit', null],
    ['move', later],
    ['move', own],
  ]);
});

test('an occurrence that is edited goes with the part of a series that is split off, and follows it', async () => {
  const template = await world.create(dailyAt('09:00:00'), { lead_days: 5 });
  const [, second, third] = await world.tasksOf(template);
  await world.tasks.updateTask({ id: third?.id ?? '', patch: { title: 'Mine' } }, world.context);
  const start = second?.original_start ?? '';
  const patch = { title: 'Split off', priority: 'low' as const };
  await world.api.changeOccurrence(
    { id: template.id, original_start: start, scope: 'following', patch },
    world.context,
  );
  await world.deliver();
  expect(await taskOf(second?.id ?? '')).toMatchObject(patch);
  expect(await taskOf(third?.id ?? '')).toMatchObject({ title: 'Mine', priority: 'low' });
});

const VALUES = {
  title: ['A', 'B', 'C'],
  description: [null, 'A', 'B'],
  priority: ['low', 'medium', 'high'],
  tags: [[], ['a'], ['b']],
  estimated_duration: [null, 'PT5M', 'PT1H'],
} as const;
type Field = keyof typeof VALUES | 'list_id' | 'due_at';
const FIELDS = [...(Object.keys(VALUES) as (keyof typeof VALUES)[]), 'list_id', 'due_at'] as const;
const HOURS = ['09:00:00', '12:00:00', '15:00:00'];
const TASKS = 3;

interface Step {
  action: 'edit' | 'change' | 'status' | 'except' | 'undo' | 'hold' | 'hear' | 'deliver' | 'away' | 'work';
  task: number;
  field: Field;
  value: number;
}

const step = record<Step>({
  action: oneof(
    { weight: 6, arbitrary: constantFrom<Step['action']>('edit', 'change') },
    {
      weight: 4,
      arbitrary: constantFrom<Step['action']>('status', 'except', 'undo', 'hold', 'hear', 'away', 'work', 'deliver'),
    },
  ),
  task: integer({ min: 0, max: TASKS - 1 }),
  field: constantFrom<Field>(...FIELDS),
  value: integer({ min: 0, max: 2 }),
});

function onTask(index: number, field: Field, value: unknown): unknown {
  return field === 'due_at' ? `${dayAt(index + 1, String(value))}.000Z` : value;
}

/** A template, its tasks and, per task, the fields that a user has set. */
async function plant(lists: readonly string[]) {
  world.list = lists[0] ?? '';
  const template = await world.create(dailyAt(HOURS[0] ?? ''), { lead_days: TASKS + 2 });
  await world.deliver();
  const tasks = (await world.tasksOf(template)).slice(0, TASKS);
  const templateHas = new Map<string, unknown>([...Object.entries(template), ['due_at', HOURS[0]]]);
  const own = tasks.map(() => new Map<Field, unknown>());
  const held: PublishedEvent[] = [];

  const valueOf = ({ field, value }: Step): unknown => {
    if (field === 'list_id') return lists[value];
    return field === 'due_at' ? HOURS[value] : VALUES[field][value];
  };
  const hear = async (count: number): Promise<void> => world.consume(...held.splice(0, count));
  const settle = async (): Promise<void> => {
    world.unavailable.tasks = false;
    await hear(held.length);
    await world.work();
    await world.deliver();
  };
  const steps: Record<Step['action'], (step: Step) => Promise<unknown>> = {
    edit: async (one) => {
      const value = onTask(one.task, one.field, valueOf(one));
      const before = await taskOf(tasks[one.task]?.id ?? '');
      if (isDeepStrictEqual(before[one.field], value)) return;
      await world.tasks.updateTask({ id: before.id, patch: { [one.field]: value } }, world.context);
      own[one.task]?.set(one.field, value);
    },
    change: async (one) => {
      const value = valueOf(one);
      await change(template, one.field === 'due_at' ? { rule: dailyAt(String(value)) } : { [one.field]: value });
      templateHas.set(one.field, value);
    },
    status: ({ task, value }) => {
      const status = (['todo', 'in_progress', 'blocked'] as const)[value] ?? 'todo';
      return world.tasks.updateTask({ id: tasks[task]?.id ?? '', patch: { status } }, world.context);
    },
    // A change of the exception itself replaces edits that recurrence has not consumed.
    except: async (one) => {
      if (one.field === 'due_at') return;
      await settle();
      const { original_start: start } = await taskOf(tasks[one.task]?.id ?? '');
      const exception = { original_start: start ?? '', kind: 'edit' as const, fields: { [one.field]: valueOf(one) } };
      await world.api.createException({ id: template.id, ...exception }, world.context);
      own[one.task]?.set(one.field, valueOf(one));
    },
    undo: async ({ task }) => {
      await settle();
      if (own[task]?.size === 0) return;
      const { original_start: start } = await taskOf(tasks[task]?.id ?? '');
      await world.api.undoException({ id: template.id, original_start: start ?? '' }, world.context);
      own[task]?.clear();
    },
    hold: async () => held.push(...(await world.take())),
    hear: ({ value }) => hear(value + 1),
    deliver: () => (world.unavailable.tasks ? Promise.resolve() : world.deliver()),
    away: () => Promise.resolve((world.unavailable.tasks = !world.unavailable.tasks)),
    work: () => (world.unavailable.tasks ? Promise.resolve() : world.work()),
  };
  const expected = (index: number): Record<string, unknown> =>
    Object.fromEntries(
      FIELDS.map((field) => [
        field,
        own[index]?.has(field) ? own[index]?.get(field) : onTask(index, field, templateHas.get(field)),
      ]),
    );
  return { tasks, steps, settle, expected };
}

/** Each version has one event, which continues from the one before. */
async function requireEvents(id: string): Promise<void> {
  const rows = await world.database.query<{ version: number; changes: Record<string, { from: unknown; to: unknown }> }>(
    `SELECT version, payload->'changes' AS changes FROM tasks.outbox WHERE aggregate_id = $1 ORDER BY seq`,
    [id],
  );
  const task = new Map<string, unknown>(Object.entries(await taskOf(id)));
  expect(rows.map(({ version }) => version)).toEqual(rows.map((_row, index) => index + 1));
  expect(rows.at(-1)?.version).toBe(task.get('version'));
  const told: Record<string, unknown> = {};
  for (const { changes } of rows) {
    for (const [field, { from, to }] of Object.entries(changes)) {
      expect([field, told[field] ?? null]).toEqual([field, from]);
      told[field] = to;
    }
  }
  for (const [field, value] of Object.entries(told)) expect([field, task.get(field)]).toEqual([field, value]);
}

test('whatever is edited, changed and heard in whatever order, each field is the user’s if they have set it', async () => {
  const lists = [await world.newList(), await world.newList(), await world.newList()];
  await assert(
    asyncProperty(array(step, { minLength: 10, maxLength: 40 }), async (plan) => {
      const { tasks, steps, settle, expected } = await plant(lists);
      for (const one of plan) await steps[one.action](one);
      await settle();
      for (const [index, { id }] of tasks.entries()) {
        expect(await taskOf(id)).toMatchObject(expected(index));
        await requireEvents(id);
      }
    }),
    { numRuns: 15 },
  );
});
