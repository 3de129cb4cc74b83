// Pages are walked while other clients write: a task that stands still is found exactly once.
import { uuidv7 } from 'uuidv7';
import { TASK_ORDERS, type TaskPage } from '../../contract/index.js';
import { FindTasks } from './find-tasks.js';
import {
  contextOf,
  createTasksWorld,
  insertList,
  insertTasks,
  taskSeed,
  type TaskSeed,
  type TasksWorld,
} from '../../testing/tasks-world.js';

const WORKSPACE = uuidv7();
let world: TasksWorld;
let list_id: string;

const day = (number: number) => new Date(Date.UTC(2026, 0, 1 + (number % 28), 0, 0, 0, number % 3)).toISOString();

function anyTask(number: number): TaskSeed {
  return taskSeed({
    workspace_id: WORKSPACE,
    list_id,
    title: `Title ${number % 17}`,
    position: String(number % 11),
    priority: (['low', 'medium', 'high', 'urgent'] as const)[number % 4] ?? 'low',
    due_instant: number % 3 === 0 ? null : day(number),
    created_at: day(number * 7),
    updated_at: day(number * 5),
  });
}

beforeAll(async () => {
  world = await createTasksWorld();
  list_id = await insertList(world.database, WORKSPACE);
});
afterAll(() => world.end());

test.each(TASK_ORDERS.flatMap((order_by) => (['asc', 'desc'] as const).map((order_dir) => ({ order_by, order_dir }))))(
  'by $order_by $order_dir',
  async (order) => {
    const { database } = world;
    await database.query('DELETE FROM tasks.task');
    const still = Array.from({ length: 120 }, (_, number) => anyTask(number));
    const restless = Array.from({ length: 60 }, (_, number) => anyTask(number + 1000));
    await insertTasks(database, [...still, ...restless]);
    const ids = restless.map(({ id }) => id);
    const writes = { count: 0 };
    const walk = new AbortController();
    const write = async () => {
      while (!walk.signal.aborted) {
        writes.count += 1;
        const turn = writes.count;
        await insertTasks(database, [anyTask(turn)]);
        const id = ids[turn % ids.length];
        if (turn % 3 === 0) await database.query('DELETE FROM tasks.task WHERE id = $1', [id]);
        else {
          await database.query(
            `UPDATE tasks.task SET due_instant = CASE WHEN due_instant IS NULL THEN $2::timestamptz END, created_at = $2, updated_at = $2,
               title_key = $3, position = $3, priority = 'urgent' WHERE id = $1`,
            [id, day(turn), String(turn % 23)],
          );
        }
      }
    };
    const writers = [write(), write()];
    const seen: string[] = [];
    try {
      const find = new FindTasks(database);
      let cursor: string | undefined;
      do {
        const before = writes.count;
        const page: TaskPage = await find.findTasks(contextOf(WORKSPACE), {
          ...order,
          limit: 9,
          ...(cursor ? { cursor } : {}),
        });
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.page.next_cursor ?? undefined;
        // Each page is followed by somebody's write.
        while (writes.count === before) await new Promise((resolve) => setImmediate(resolve));
      } while (cursor !== undefined);
    } finally {
      walk.abort();
      await Promise.all(writers);
    }
    const stillSeen = seen.filter((id) => still.some((task) => task.id === id));
    expect(stillSeen).toHaveLength(still.length);
    expect(new Set(stillSeen).size).toBe(still.length);
  },
);
