// People restore tasks that they have deleted.
import type { CallContext } from '@mono/contract';
import { deliverEvent } from '@mono/platform/testing';
import { uuidv7 } from 'uuidv7';
import { TASK_PRIORITIES, TASK_STATUSES, type List, type Task } from '../../contract/index.js';
import { createTasksWorld, type TasksOperations, type TasksTrash, type TasksWorld } from '../../testing/tasks-world.js';
import { callers, codeOf, eventsOf, limitedTo, namesOf, shownOf } from '../../testing/trash.js';
import { takeActualDuration } from '../tasks/take-actual-duration.js';

let world: TasksWorld;
let api: TasksOperations;
let trash: TasksTrash;
let me: CallContext;
let viewer: CallContext;
let member: CallContext;
let stranger: CallContext;
let list: List;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
  trash = world.trash();
});
afterAll(() => world?.end());
beforeEach(async () => {
  ({ me, viewer, member, stranger } = callers());
  list = await api.createList({ title: 'List' }, me);
});

const create = async (more: object = {}): Promise<Task> =>
  await api.createTask({ title: 'Task', list_id: list.id, ...more }, me);
const remove = ({ id }: Pick<Task, 'id'>): Promise<void> => api.deleteTask({ id }, me);
const restore = async ({ id }: Pick<Task, 'id'>, more: object = {}, call = me) =>
  (await trash.restoreFromTrash({ id, ...more }, call)).restored;
const taskOf = async ({ id }: Pick<Task, 'id'>): Promise<Task> => await api.getTask({ id }, me);

async function leave(user: string): Promise<void> {
  world.strangers.add(user);
  const event = {
    subject: 'events.auth.v1.member_removed',
    id: uuidv7(),
    event: 'member_removed',
    workspace_id: me.principal.workspaceId,
    user_id: user,
    occurred_at: '2026-02-01T00:00:00.000Z',
    request_id: 'leaving',
  };
  await deliverEvent(world.node, event);
}

test('a restored task is what it was, whatever it was', async () => {
  const dues = [{}, { due_at: '2026-05-01T09:30:00.123Z' }, { due_on: '2026-05-02', timezone: 'Europe/Berlin' }];
  const tasks: Task[] = [];
  for (const [index, status] of TASK_STATUSES.entries()) {
    const before = tasks.at(-1);
    const task = await create({
      title: `Täsk “${index}” \\ " ' {}`,
      description: index % 2 ? `Lines\n\t${'long '.repeat(2_000)}` : null,
      priority: TASK_PRIORITIES[index % TASK_PRIORITIES.length],
      tags: index % 2 ? ['a "quoted" one', 'back\\slash', 'ü,{}'] : [],
      assignee_id: index % 3 ? uuidv7() : null,
      starts_on: index % 2 ? '2026-04-30' : null,
      estimated_duration: index % 2 ? 'PT1H30M' : null,
      ...dues[index % dues.length],
      ...(before && { before: before.id }),
    });
    await api.updateTask({ id: task.id, patch: { status } }, me);
    const version = index + 1;
    await takeActualDuration(world.database, {
      taskId: task.id,
      workspaceId: me.principal.workspaceId,
      version,
      duration: 'PT2H',
    });
    tasks.push(await taskOf(task));
  }
  for (const task of tasks) await remove(task);
  for (const task of tasks.toReversed()) await restore(task);
  for (const task of tasks) {
    const now = await taskOf(task);
    expect(shownOf(now)).toEqual(shownOf(task));
    expect(now.version).toBe(task.version + 2);
    expect(now.updated_at >= task.updated_at).toBe(true);
  }
  const { items } = await api.findTasks({ list_id: list.id, order_by: 'position', status: [...TASK_STATUSES] }, me);
  expect(items.map(({ id }) => id)).toEqual(tasks.map(({ id }) => id).toReversed());
});

test('it comes back once, with one event and one transition from nothing', async () => {
  const task = await create({ status: 'in_progress', tags: ['a'] });
  await remove(task);
  expect(await restore(task, {}, member)).toEqual({
    id: task.id,
    type: 'task',
    title: 'Task',
    list_id: list.id,
    version: 3,
    holds: { task: 0 },
  });
  expect(await codeOf(restore(task))).toBe('not_in_trash');
  const [, deleted, restored, ...others] = await eventsOf(world, task.id);
  const root = { type: 'task', id: task.id };
  expect(deleted).toMatchObject({ event: 'deleted', version: 2, permanent: false, root });
  expect(restored).toMatchObject({ event: 'restored', version: 3, origin: 'user', list_id: list.id, root });
  expect(restored?.changes).toMatchObject({
    title: { from: null, to: 'Task' },
    status: { from: null, to: 'in_progress' },
    tags: { from: null, to: ['a'] },
  });
  expect(others).toEqual([]);
  const { items } = await world.transitions().transitions({ limit: 5_000 });
  const own = items.filter(({ task_id: id }) => id === task.id);
  expect(own.map(({ version, from, to }) => [version, from, to])).toEqual([
    [1, null, 'in_progress'],
    [2, 'in_progress', null],
    [3, null, 'in_progress'],
  ]);
  await remove(task);
  await restore(task);
  expect(await taskOf(task)).toMatchObject({ version: 5, status: 'in_progress' });
});

test('a task that was never deleted, or is unknown, is not restored', async () => {
  const task = await create();
  expect(await codeOf(restore(task))).toBe('not_in_trash');
  expect(await codeOf(restore(list))).toBe('not_in_trash');
  expect(await restore({ id: uuidv7() })).toBeNull();
  await remove(task);
  expect(await restore(task, {}, stranger)).toBeNull();
  expect(await codeOf(restore(task, {}, viewer))).toBe('forbidden');
  expect(await codeOf(taskOf(task))).toBe('task_not_found');
});

describe('subtasks', () => {
  let parent: Task;
  let child: Task;
  let grandchild: Task;

  beforeEach(async () => {
    parent = await create({ title: 'Parent' });
    child = await create({ title: 'Child', parent_id: parent.id });
    grandchild = await create({ title: 'Grandchild', parent_id: child.id });
  });

  test('come back with their parent', async () => {
    const before = await Promise.all([parent, child, grandchild].map(taskOf));
    await remove(parent);
    expect(await restore(parent)).toMatchObject({ holds: { task: 2 } });
    expect((await Promise.all(before.map(taskOf))).map(shownOf)).toEqual(before.map(shownOf));
    expect(await namesOf(world, grandchild.id)).toEqual(['created', 'deleted', 'restored']);
  });

  test('that were deleted by themselves before stay in the trash, and come back to it later', async () => {
    await remove(child);
    await remove(parent);
    await restore(parent);
    expect(await codeOf(taskOf(child))).toBe('task_not_found');
    await restore(child);
    expect(await taskOf(child)).toMatchObject({ parent_id: parent.id });
    expect(await taskOf(grandchild)).toMatchObject({ parent_id: child.id });
  });

  test('come back to the top where their parent is gone', async () => {
    await remove(child);
    await remove(parent);
    await restore(child);
    expect(await taskOf(child)).toMatchObject({ parent_id: null });
    expect(await taskOf(grandchild)).toMatchObject({ parent_id: child.id });
  });

  test('come back alone out of the deletion of their parent, with what is below them', async () => {
    await remove(parent);
    expect(await restore(child)).toMatchObject({ holds: { task: 1 } });
    expect(await taskOf(child)).toMatchObject({ parent_id: null });
    expect(await taskOf(grandchild)).toMatchObject({ parent_id: child.id });
    expect(await restore(parent)).toMatchObject({ holds: { task: 0 } });
    expect(await taskOf(child)).toMatchObject({ parent_id: null });
  });

  test('never go deeper than five levels', async () => {
    await remove(child);
    let above = await create({ title: 'Above' });
    await api.updateTask({ id: parent.id, patch: { parent_id: above.id } }, me);
    for (let level = 0; level < 2; level += 1) {
      const higher = await create({ title: 'Higher' });
      await api.updateTask({ id: above.id, patch: { parent_id: higher.id } }, me);
      above = higher;
    }
    await restore(child);
    expect(await taskOf(child)).toMatchObject({ parent_id: null });
    expect(await taskOf(grandchild)).toMatchObject({ parent_id: child.id });
  });
});

describe('where it goes', () => {
  test('into the Inbox when its list is gone for good', async () => {
    const task = await create();
    await remove(task);
    await api.deleteList({ id: list.id, permanent: 'true' }, me);
    expect(await restore(task)).toMatchObject({ id: task.id });
    const inbox = (await api.findLists({}, me)).items.find(({ is_inbox }) => is_inbox);
    expect(await taskOf(task)).toMatchObject({ list_id: inbox?.id });
  });

  test('not without its list while that is in the trash, unless into another one', async () => {
    const task = await create();
    const other = await api.createList({ title: 'Other' }, me);
    await remove(task);
    await api.deleteList({ id: list.id }, me);
    await expect(restore(task)).rejects.toMatchObject({
      code: 'list_in_trash',
      details: { list_id: list.id },
      message: expect.stringContaining('restore the list'),
    });
    expect(await codeOf(restore(task, { list_id: uuidv7() }))).toBe('list_not_found');
    await restore(task, { list_id: other.id });
    expect(await taskOf(task)).toMatchObject({ list_id: other.id });
  });

  test('under another title, or in another list, where a list of unique titles has its title', async () => {
    const unique = await api.createList({ title: 'Unique', title_policy: 'unique' }, me);
    const [one, two] = [
      await create({ list_id: unique.id, title: 'Buy Milk' }),
      await create({ list_id: unique.id, title: 'Tea' }),
    ];
    await remove(one);
    await remove(two);
    const { id } = await create({ list_id: unique.id, title: 'buy milk' });
    await create({ list_id: unique.id, title: 'tea' });
    await expect(restore(one)).rejects.toMatchObject({
      code: 'title_taken',
      details: { title: 'Buy Milk', task_id: id },
    });
    expect(await codeOf(restore(one, { title: 'TEA ' }))).toBe('title_taken');
    await restore(one, { title: 'Buy milk again' });
    await restore(two, { list_id: list.id });
    expect([await taskOf(one), await taskOf(two)]).toMatchObject([
      { title: 'Buy milk again', list_id: unique.id },
      { title: 'Tea', list_id: list.id },
    ]);
    // It is held to the policy again.
    expect(await codeOf(create({ list_id: unique.id, title: 'buy milk AGAIN' }))).toBe('duplicate_task');
  });

  test('beside the task that took its position', async () => {
    const [first, task, last] = [await create(), await create(), await create()];
    await remove(task);
    const usurper = await create();
    await world.database.query('UPDATE tasks.task SET position = $2 WHERE id = $1', [usurper.id, task.position]);
    await restore(task);
    const { items } = await api.findTasks({ list_id: list.id, order_by: 'position' }, me);
    expect(items.map(({ id }) => id)).toEqual([first.id, usurper.id, task.id, last.id]);
    expect(new Set(items.map(({ position }) => position)).size).toBe(4);
  });
});

describe('its assignee', () => {
  test('is removed when the user has left, and stays on a task that the user has done', async () => {
    const user = uuidv7();
    const open = await create({ assignee_id: user });
    const done = await create({ assignee_id: user, status: 'done' });
    await remove(open);
    await remove(done);
    await leave(user);
    await restore(open);
    await restore(done);
    expect([await taskOf(open), await taskOf(done)]).toMatchObject([{ assignee_id: null }, { assignee_id: user }]);
    const restored = (await eventsOf(world, open.id)).at(-1);
    expect(restored?.changes['assignee_id']).toBeUndefined();
  });

  test('is removed also when the user leaves right after', async () => {
    const user = uuidv7();
    const task = await create({ assignee_id: user });
    await remove(task);
    await restore(task);
    await leave(user);
    expect(await taskOf(task)).toMatchObject({ assignee_id: null });
  });
});

test('the time that it took is known, also when it is measured while the task is in the trash', async () => {
  const task = await create();
  const take = (version: number): Promise<void> =>
    takeActualDuration(world.database, {
      taskId: task.id,
      workspaceId: me.principal.workspaceId,
      version,
      duration: `PT${version}H`,
    });
  await take(1);
  await remove(task);
  await take(3);
  await take(2);
  await restore(task);
  expect(await taskOf(task)).toMatchObject({ actual_duration: 'PT3H', actual_duration_version: 3 });
  await take(4);
  expect(await taskOf(task)).toMatchObject({ actual_duration: 'PT4H' });
});

describe('a caller that is limited to lists', () => {
  test('restores what was in them, and nothing else', async () => {
    const other = await api.createList({ title: 'Other' }, me);
    const moved = await create({ list_id: other.id });
    await api.updateTask({ id: moved.id, patch: { list_id: list.id } }, me);
    const foreign = await create();
    await api.updateTask({ id: foreign.id, patch: { list_id: other.id } }, me);
    await remove(moved);
    await remove(foreign);
    const limited = limitedTo(member, list.id);
    const found = await trash.findTrash({ limit: 10 }, limited);
    expect(found.items.map(({ id }) => id)).toEqual([moved.id]);
    expect(await restore(foreign, {}, limited)).toBeNull();
    expect(await codeOf(restore(moved, { list_id: other.id }, limited))).toBe('list_not_found');
    expect(await restore(moved, {}, limited)).toMatchObject({ id: moved.id });
  });

  test('does not restore subtasks in other lists, nor into an Inbox out of reach', async () => {
    const other = await api.createList({ title: 'Other' }, me);
    const parent = await create();
    const child = await create({ parent_id: parent.id, list_id: other.id });
    await remove(parent);
    const limited = limitedTo(member, list.id);
    const { items } = await trash.findTrash({ limit: 10 }, limited);
    expect(items).toMatchObject([{ id: parent.id, holds: { task: 0 } }]);
    expect(await codeOf(restore(parent, {}, limited))).toBe('forbidden');
    await restore(parent);
    expect(await taskOf(child)).toMatchObject({ parent_id: parent.id, list_id: other.id });
    await remove(parent);
    await api.deleteList({ id: list.id, permanent: 'true' }, me);
    expect(await codeOf(restore(parent, {}, limitedTo(member, list.id, other.id)))).toBe('forbidden');
    expect(await restore(parent)).toMatchObject({ id: parent.id });
  });
});
