import { runConcurrently } from '@mono/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The occurrences that nobody has begun, by list and series: ../upcoming.ts. */
export class Upcoming1765450000000 implements MigrationInterface {
  /** An index over all tasks is built beside writes. */
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runConcurrently(runner, [
      // The remains of a former attempt.
      'DROP INDEX CONCURRENTLY IF EXISTS "tasks"."task_upcoming"',
      `CREATE INDEX CONCURRENTLY "task_upcoming" ON "tasks"."task" ("list_id", "series_id", "due_instant", "id")
       WHERE "series_id" IS NOT NULL AND "status" = 'todo'`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runConcurrently(runner, ['DROP INDEX CONCURRENTLY "tasks"."task_upcoming"']);
  }
}
