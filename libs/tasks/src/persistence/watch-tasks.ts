import type { Executor, Metrics } from '@mono/platform';

const BY_STATUS = 'SELECT status::text, count(*)::int AS count FROM tasks.task GROUP BY status';

/** What the node's metrics tell of tasks. */
export function watchTasks(metrics: Metrics, database: Executor): void {
  metrics.gauges('tasks_count', 'Tasks of all workspaces by status.', 'status', async () => {
    const rows = await database.query<{ status: string; count: number }>(BY_STATUS);
    return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
  });
}
