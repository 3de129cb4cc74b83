import { runConcurrently } from '@mono/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The one-off tasks of a list with a due date: ../../find-tasks/dated-tasks.controller.ts. */
export class DatedTasks1765470000066 implements MigrationInterface {
  /** An index over all tasks is built beside writes. */
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runConcurrently(runner, [
      // The remains of a former attempt.
      'DROP INDEX CONCURRENTLY IF EXISTS "tasks"."task_dated"',
      `CREATE INDEX CONCURRENTLY "task_dated" ON "tasks"."task" ("list_id", "status", "due_instant", "id")
       WHERE "template_id" IS NULL AND "due_instant" IS NOT NULL`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runConcurrently(runner, ['DROP INDEX CONCURRENTLY "tasks"."task_dated"']);
  }
}
