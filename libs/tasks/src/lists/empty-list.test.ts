import type { Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import { contextOf, createTasksWorld, type TasksWorld, type TasksOperations } from '../../testing/tasks-world.js';
import { EmptyList } from './empty-list.js';

let world: TasksWorld;
let api: TasksOperations;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());

test('moving tasks to a list that is deleted meanwhile ends, and says so', async () => {
  const me = contextOf(uuidv7());
  const from = await api.createList({ title: 'From' }, me);
  const to = await api.createList({ title: 'To' }, me);
  const task = await api.createTask({ title: 'Task', list_id: from.id }, me);

  const moved = world.database.transaction((on) => {
    let gone = false;
    const racing: Executor = {
      async query<Row extends object>(...statement: Parameters<Executor['query']>) {
        const rows = await on.query<Row>(...statement);
        if (!gone) await api.deleteList({ id: to.id }, me);
        gone = true;
        return rows;
      },
      afterCommit: (work) => on.afterCommit(work),
    };
    return new EmptyList().move(racing, me, from.id, to.id);
  });
  await expect(moved).rejects.toMatchObject({ code: 'list_not_found' });
  expect(await api.getTask({ id: task.id }, me)).toMatchObject({ list_id: from.id, version: 1 });
});

test('more tasks than one chunk are moved and deleted, subtasks below parents elsewhere too', async () => {
  const me = contextOf(uuidv7());
  const list = await api.createList({ title: 'Large' }, me);
  const target = await api.createList({ title: 'Target' }, me);
  const operations = Array.from({ length: 500 }, () => ({
    op: 'create' as const,
    task: { title: 'Task', list_id: list.id },
  }));
  for (let round = 0; round < 3; round += 1) await api.batchTasks({ operations }, me);
  const parent = await api.createTask({ title: 'Parent', list_id: list.id }, me);
  const child = await api.createTask({ title: 'Child', parent_id: parent.id }, me);
  const elsewhere = await api.createTask({ title: 'Elsewhere' }, me);
  await api.updateTask({ id: child.id, patch: { list_id: elsewhere.list_id } }, me);

  await api.deleteList({ id: list.id, tasks: 'move', to: target.id }, me);
  expect((await api.getList({ id: target.id }, me)).counts.total).toBe(1_501);
  await api.deleteList({ id: target.id, tasks: 'delete' }, me);
  expect((await api.findTasks({ count: 'exact' }, me)).items.map(({ id }) => id)).toEqual([elsewhere.id]);
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
