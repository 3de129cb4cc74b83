import type { Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import { contextOf, createTasksWorld, type TasksWorld } from '../../testing/tasks-world.js';
import type { TasksUseCases } from '../tasks-use-cases.js';
import { EmptyList } from './empty-list.js';

let world: TasksWorld;
let api: TasksUseCases;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());

test('moving tasks to a list that is deleted meanwhile ends, and says so', async () => {
  const me = contextOf(uuidv7());
  const { body: from } = await api.createList(me, { title: 'From' });
  const { body: to } = await api.createList(me, { title: 'To' });
  const { body: task } = await api.createTask(me, { title: 'Task', list_id: from.id });

  const moved = world.database.transaction((on) => {
    let gone = false;
    const racing: Executor = {
      async query<Row extends object>(...statement: Parameters<Executor['query']>) {
        const rows = await on.query<Row>(...statement);
        if (!gone) await api.deleteList(me, to.id, {});
        gone = true;
        return rows;
      },
      afterCommit: (work) => on.afterCommit(work),
    };
    return new EmptyList().move(racing, me, from.id, to.id);
  });
  await expect(moved).rejects.toMatchObject({ code: 'list_not_found' });
  expect(await api.getTask(me, task.id)).toMatchObject({ list_id: from.id, version: 1 });
});

test('more tasks than one chunk are moved and deleted, subtasks below parents elsewhere too', async () => {
  const me = contextOf(uuidv7());
  const { body: list } = await api.createList(me, { title: 'Large' });
  const { body: target } = await api.createList(me, { title: 'Target' });
  const operations = Array.from({ length: 500 }, () => ({
    op: 'create' as const,
    task: { title: 'Task', list_id: list.id },
  }));
  for (let round = 0; round < 3; round += 1) await api.batchTasks(me, { operations });
  const { body: parent } = await api.createTask(me, { title: 'Parent', list_id: list.id });
  const { body: child } = await api.createTask(me, { title: 'Child', parent_id: parent.id });
  const { body: elsewhere } = await api.createTask(me, { title: 'Elsewhere' });
  await api.updateTask(me, child.id, { list_id: elsewhere.list_id });

  await api.deleteList(me, list.id, { tasks: 'move', to: target.id });
  expect((await api.getList(me, target.id)).counts.total).toBe(1_501);
  await api.deleteList(me, target.id, { tasks: 'delete' });
  expect((await api.findTasks(me, { count: 'exact' })).items.map(({ id }) => id)).toEqual([elsewhere.id]);
  const told = await world.database.query<{ event: string; count: number }>(
    `SELECT payload->>'event' AS event, count(*)::int AS count FROM tasks.outbox
     WHERE payload->>'workspace_id' = $1 AND payload->>'aggregate' = 'task' GROUP BY 1 ORDER BY 1`,
    [me.principal.workspaceId],
  );
  expect(told).toEqual([
    { event: 'created', count: 1_503 },
    { event: 'deleted', count: 1_502 },
    { event: 'updated', count: 1_502 },
  ]);
});
