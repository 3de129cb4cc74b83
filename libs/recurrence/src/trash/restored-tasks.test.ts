// Tasks and lists of templates that users restore from the trash of tasks, on a real PostgreSQL. Events come in any order.
import { constantFrom, assert, array, asyncProperty, integer, shuffledSubarray } from 'fast-check';
import type { Task } from '@mono/tasks/contract';
import type { Template } from '../../contract/index.js';
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
beforeEach(async () => {
  world.list = await world.newList();
});

const HORIZON = { generation_horizon_days: 30 };
const daily = () => ({ dtstart: dayAt(1, '09:00:00'), timezone: 'UTC', pattern: 'daily' as const });
const SECOND = dayAt(2, '09:00:00');
const THIRD = dayAt(3, '09:00:00');

const restore = (id: string) => world.tasksTrash.restoreFromTrash({ id }, world.context);
const remove = (id: string) => world.tasks.deleteTask({ id }, world.context);
const patch = (id: string, fields: object) => world.tasks.updateTask({ id, patch: fields }, world.context);
const getTemplate = ({ id }: Template) => world.api.getTemplate({ id }, world.context);
const removeList = () => world.tasks.deleteList({ id: world.list, tasks: 'delete' }, world.context);

async function taskAt(template: Template, start: string): Promise<Task> {
  const found = (await world.tasksOf(template)).filter(({ original_start: key }) => key === start);
  expect(found).toHaveLength(1);
  return found[0] as Task;
}

async function startsOf(template: Template): Promise<(string | null)[]> {
  return (await world.tasksOf(template)).map(({ original_start: start }) => start);
}

async function idsOf(template: Template): Promise<string[]> {
  return (await world.tasksOf(template)).map(({ id }) => id);
}

async function exceptionsOf({ id }: Template): Promise<unknown[]> {
  const { items } = await world.api.findExceptions({ id }, world.context);
  return items.map(({ original_start: start, kind, fields, version }) => [start, kind, fields, version]);
}

async function made(more: object = {}): Promise<Template> {
  const template = await world.create(daily(), { ...HORIZON, ...more });
  await world.deliver();
  return template;
}

test('a restored task undoes the skip, and its occurrence names it again', async () => {
  const template = await made();
  const before = await idsOf(template);
  const { id } = await taskAt(template, SECOND);
  await remove(id);
  await world.deliver();
  expect(await exceptionsOf(template)).toEqual([[SECOND, 'skip', {}, 1]]);
  await restore(id);
  const events = await world.take();
  await world.consume(...events, ...events);
  const told = (await world.take()).filter(({ subject }) => subject.includes('occurrence'));
  expect(told).toMatchObject([
    { event: 'occurrence_restored', version: 2, changes: { skipped: { from: true, to: false } }, origin: 'tasks' },
  ]);
  await world.work();
  expect(await exceptionsOf(template)).toEqual([]);
  expect(await world.row(template, SECOND)).toMatchObject({ task_id: id, generation: 0, wanted: true, skipped: false });
  expect(await idsOf(template)).toEqual(before);
  // It follows the template, as nobody has worked on it.
  await world.api.updateTemplate({ id: template.id, patch: { title: 'Other' } }, world.context);
  await world.deliver();
  expect((await world.tasksOf(template)).map(({ title }) => title)).toEqual(before.map(() => 'Other'));
  await world.api.pauseTemplate({ id: template.id }, world.context);
  await world.deliver();
  expect(await startsOf(template)).toEqual([]);
});

test('a restored task that was edited stays edited', async () => {
  const template = await made();
  const { id } = await taskAt(template, SECOND);
  await patch(id, { title: 'Mine', due_at: `${dayAt(2, '15:00:00')}Z` });
  await remove(id);
  await world.deliver();
  await restore(id);
  await world.deliver();
  expect(await exceptionsOf(template)).toEqual([[SECOND, 'move', { title: 'Mine' }, 3]]);
  await world.api.updateTemplate({ id: template.id, patch: { title: 'Other', priority: 'high' } }, world.context);
  await world.deliver();
  expect(await taskAt(template, SECOND)).toMatchObject({ id, title: 'Mine' });
});

test('the task of an occurrence that was skipped by an exception undoes it, too', async () => {
  const template = await made();
  const { id } = await taskAt(template, SECOND);
  const skip = { id: template.id, original_start: SECOND, kind: 'skip' as const };
  await world.api.createException(skip, world.context);
  await world.deliver();
  await restore(id);
  await world.deliver();
  expect(await exceptionsOf(template)).toEqual([]);
  expect(await taskAt(template, SECOND)).toMatchObject({ id });
});

test('a task that is restored before its deletion is heard was never skipped', async () => {
  const template = await made();
  const { id } = await taskAt(template, SECOND);
  await remove(id);
  // Tasks says that it is gone, and the event is on its way.
  await world.api.updateTemplate({ id: template.id, patch: { title: 'Other' } }, world.context);
  expect(await world.row(template, SECOND)).toMatchObject({ skipped: true });
  await restore(id);
  const events = (await world.take()).filter(({ aggregate_id: about }) => about === id);
  await world.consume(...events.toReversed());
  expect((await world.take()).filter(({ subject }) => subject.includes('occurrence'))).toEqual([]);
  await world.work();
  await world.deliver();
  expect(await world.row(template, SECOND)).toMatchObject({ skipped: false, wanted: true, exception_version: 0 });
  expect(await taskAt(template, SECOND)).toMatchObject({ id, title: 'Other' });
});

test('an occurrence that has another task keeps that one', async () => {
  const template = await made();
  const { id } = await taskAt(template, SECOND);
  await remove(id);
  await world.deliver();
  await world.api.undoException({ id: template.id, original_start: SECOND }, world.context);
  await world.deliver();
  const other = await taskAt(template, SECOND);
  expect(other.id).not.toBe(id);
  await expect(restore(id)).rejects.toMatchObject({ code: 'occurrence_has_task', details: { task_id: other.id } });
  // Without the other, the first one is its task again, and no id is used twice.
  await remove(other.id);
  await world.deliver();
  await restore(id);
  await world.deliver();
  expect(await taskAt(template, SECOND)).toMatchObject({ id });
  expect(await world.row(template, SECOND)).toMatchObject({ task_id: id, generation: 1, skipped: false });
  await remove(id);
  await world.deliver();
  await world.api.undoException({ id: template.id, original_start: SECOND }, world.context);
  await world.deliver();
  const third = await taskAt(template, SECOND);
  expect([id, other.id]).not.toContain(third.id);
});

test('a chain has one live occurrence when a deleted one is restored', async () => {
  const template = await made({ anchor: 'completion' });
  const [first] = await world.tasksOf(template);
  await remove(first?.id ?? '');
  await world.deliver();
  const [second] = await world.tasksOf(template);
  expect(second?.id).not.toBe(first?.id);
  await restore(first?.id ?? '');
  const events = await world.take();
  await world.consume(...events.toReversed());
  await world.deliver();
  expect(await idsOf(template)).toEqual([first?.id]);
  await patch(first?.id ?? '', { status: 'done' });
  await world.deliver();
  expect(await world.tasksOf(template)).toHaveLength(2);
  // A user works on the next one.
  const [done, next] = await world.tasksOf(template);
  await remove(next?.id ?? '');
  await world.deliver();
  const live = (await world.tasksOf(template)).find(({ status }) => status === 'todo');
  await patch(live?.id ?? '', { title: 'Mine' });
  await expect(restore(next?.id ?? '')).rejects.toMatchObject({ code: 'successor_touched' });
  // A completed one changes nothing.
  await remove(done?.id ?? '');
  await world.deliver();
  await restore(done?.id ?? '');
  await world.deliver();
  expect((await world.tasksOf(template)).map(({ status, id }) => [id, status])).toEqual([
    [done?.id, 'done'],
    [live?.id, 'todo'],
  ]);
});

test('what a purged task has said of its occurrence is erased, and the occurrence stays skipped', async () => {
  const template = await made();
  const { id } = await taskAt(template, SECOND);
  await patch(id, { title: 'Secret' });
  await remove(id);
  await world.deliver();
  expect(await exceptionsOf(template)).toEqual([[SECOND, 'skip', { title: 'Secret' }, 2]]);
  await world.tasksTrash.deleteFromTrash({ id }, world.context);
  await world.consume(...(await world.take()));
  const event = (await world.take()).find(({ subject }) => subject.includes('occurrence'));
  expect(event).toMatchObject({
    event: 'occurrence_edited',
    version: 3,
    changes: { fields: { from: null, to: null } },
  });
  expect(await exceptionsOf(template)).toEqual([[SECOND, 'skip', {}, 3]]);
  // A deletion that bypasses the trash erases at once.
  const { id: other } = await taskAt(template, THIRD);
  await patch(other, { title: 'Secret' });
  await world.deliver();
  await world.tasks.deleteTask({ id: other, permanent: 'true' }, world.context);
  await world.deliver();
  expect((await exceptionsOf(template))[1]).toEqual([THIRD, 'skip', {}, 2]);
});

test.each(['active', 'paused', 'ended'] as const)('a restored list returns its templates: %s', async (status) => {
  const template = await made();
  if (status === 'paused') await world.api.pauseTemplate({ id: template.id }, world.context);
  if (status === 'ended') await world.api.endTemplate({ id: template.id }, world.context);
  await world.deliver();
  const before = await getTemplate(template);
  const ids = await idsOf(template);
  await removeList();
  await world.deliver();
  expect(await getTemplate(template)).toMatchObject({ status: 'ended' });
  expect(await idsOf(template)).toEqual([]);
  await restore(world.list);
  const events = await world.take();
  await world.consume(...events);
  const told = (await world.take()).filter(({ subject }) => subject.includes('template'));
  expect(told).toMatchObject(
    { active: [{ event: 'template_resumed' }], paused: [{ event: 'template_paused' }], ended: [] }[status],
  );
  await world.work();
  await world.deliver();
  const { paused_at, ended_at } = before;
  expect(await getTemplate(template)).toMatchObject({ status, paused_at, ended_at });
  expect(await idsOf(template)).toEqual(ids);
  expect(await exceptionsOf(template)).toEqual([]);
  await world.api.endTemplate({ id: template.id }, world.context);
  await removeList();
  await world.deliver();
});

test('a template that is deleted after its list, or whose list is deleted twice, returns as it was', async () => {
  const template = await made();
  await removeList();
  await world.deliver();
  await world.api.deleteTemplate({ id: template.id }, world.context);
  await world.deliver();
  const restoreTemplate = () => world.trash.restoreFromTrash({ id: template.id }, world.context);
  await expect(restoreTemplate()).rejects.toMatchObject({ code: 'list_in_trash' });
  await restore(world.list);
  await world.deliver();
  expect(await restoreTemplate()).toMatchObject({ restored: { id: template.id } });
  await world.deliver();
  expect(await getTemplate(template)).toMatchObject({ status: 'active' });
  await removeList();
  await restore(world.list);
  await removeList();
  await world.deliver();
  expect(await getTemplate(template)).toMatchObject({ status: 'ended' });
  await restore(world.list);
  await world.deliver();
  expect(await getTemplate(template)).toMatchObject({ status: 'active' });
  // A user ends it for good.
  await removeList();
  await world.deliver();
  await world.api.endTemplate({ id: template.id }, world.context);
  await restore(world.list);
  await world.deliver();
  expect(await getTemplate(template)).toMatchObject({ status: 'ended' });
});

test('any order and repetition of the events of a list that is deleted and restored ends in the same tasks', async () => {
  await assert(
    asyncProperty(
      integer({ min: 1, max: 3 }),
      shuffledSubarray([...Array(64).keys()], { minLength: 64 }),
      async (times, order) => {
        world.list = await world.newList();
        const template = await world.create(daily(), { lead_days: 10 });
        await world.deliver();
        const ids = await idsOf(template);
        for (let time = 0; time < times; time += 1) {
          await removeList();
          await restore(world.list);
        }
        const events = await world.take();
        const doubled = [...events, ...events].map((event, index) => ({
          event,
          place: order[index % order.length] ?? 0,
        }));
        for (const { event } of doubled.toSorted((one, other) => one.place - other.place)) {
          await world.consume(event);
          // Jobs run in between.
          if (event.aggregate_id === world.list) await world.work();
        }
        await world.work();
        await world.deliver();
        expect(await idsOf(template)).toEqual(ids);
        expect(await getTemplate(template)).toMatchObject({ status: 'active' });
        expect(await exceptionsOf(template)).toEqual([]);
      },
    ),
    { numRuns: 6 },
  );
});

type Action = 'delete' | 'restore' | 'undo' | 'pause' | 'resume' | 'rename' | 'deliver' | 'late' | 'trash' | 'untrash';
const ACTIONS: readonly Action[] = [
  'delete',
  'restore',
  'undo',
  'pause',
  'resume',
  'rename',
  'deliver',
  'late',
  'trash',
  'untrash',
];
/** Refusals that a random action meets. */
const REFUSED =
  /unavailable|not_in_trash|occurrence_has_task|exception_not_found|template_not_paused|template_not_found|task_not_found/;

test('whatever is deleted, restored, paused and renamed, each occurrence has one task or is skipped', async () => {
  await assert(
    asyncProperty(array(constantFrom(...ACTIONS), { minLength: 6, maxLength: 25 }), async (actions) => {
      world.list = await world.newList();
      const template = await world.create(daily(), { lead_days: 4 });
      await world.deliver();
      const expected = await startsOf(template);
      const deleted: string[] = [];
      const late: PublishedEvent[] = [];
      const run: Record<Action, () => Promise<unknown>> = {
        delete: async () => {
          const task = (await world.tasksOf(template)).find(({ original_start: start }) => start === SECOND);
          if (task) await remove(task.id);
          if (task) deleted.push(task.id);
        },
        restore: async () => {
          const id = deleted.at(Math.floor(deleted.length / 2)) ?? '';
          if (id !== '') await restore(id);
        },
        undo: () => world.api.undoException({ id: template.id, original_start: SECOND }, world.context),
        pause: () => world.api.pauseTemplate({ id: template.id }, world.context),
        resume: () => world.api.resumeTemplate({ id: template.id }, world.context),
        rename: () =>
          world.api.updateTemplate({ id: template.id, patch: { title: `T${deleted.length}` } }, world.context),
        deliver: () => world.deliver(),
        late: async () => late.push(...(await world.take())),
        trash: () => world.api.deleteTemplate({ id: template.id }, world.context),
        untrash: () => world.trash.restoreFromTrash({ id: template.id }, world.context),
      };
      for (const action of actions) {
        await run[action]().catch((error: unknown) => {
          const { code = '' } = error as { code?: string };
          if (!REFUSED.test(code)) throw error;
        });
      }
      await world.consume(...late.toReversed());
      await world.deliver();
      await run.untrash().catch(() => undefined);
      await run.resume().catch(() => undefined);
      await world.deliver();
      const starts = await startsOf(template);
      expect(new Set(starts).size).toBe(starts.length);
      const skipped = (await world.rows(template)).filter((row) => row.skipped).map((row) => row.original_start);
      expect(new Set([...starts, ...skipped])).toEqual(new Set(expected));
      for (const task of await world.tasksOf(template)) {
        expect(await world.row(template, task.original_start ?? '')).toMatchObject({ task_id: task.id, wanted: true });
      }
    }),
    { numRuns: 12 },
  );
});
