import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, Metrics, type Executor } from '@mono/platform';

const BY_STATUS = 'SELECT status::text, count(*)::int AS count FROM tasks.task GROUP BY status';

@Injectable()
export class TaskMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    @Inject(Database) private readonly database: Executor,
  ) {}

  onModuleInit(): void {
    this.metrics.gauges('tasks_count', 'Tasks of all workspaces by status.', 'status', async () => {
      const rows = await this.database.query<{ status: string; count: number }>(BY_STATUS);
      return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
    });
  }
}
