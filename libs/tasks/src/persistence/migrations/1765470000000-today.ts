import { runConcurrently } from '@mono/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The few tasks that are in progress, and those whose start may have come: ../../today/today.controller.ts. */
export class Today1765470000000 implements MigrationInterface {
  /** Indexes over all tasks are built beside writes. */
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runConcurrently(runner, [
      // The remains of a former attempt.
      'DROP INDEX CONCURRENTLY IF EXISTS "tasks"."task_in_progress"',
      'DROP INDEX CONCURRENTLY IF EXISTS "tasks"."task_started"',
      `CREATE INDEX CONCURRENTLY "task_in_progress" ON "tasks"."task" ("workspace_id", "due_instant", "id")
       WHERE "status" = 'in_progress'`,
      `CREATE INDEX CONCURRENTLY "task_started" ON "tasks"."task" ("workspace_id", "starts_on")
       WHERE "starts_on" IS NOT NULL AND "status" = 'todo'`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runConcurrently(runner, [
      'DROP INDEX CONCURRENTLY "tasks"."task_started"',
      'DROP INDEX CONCURRENTLY "tasks"."task_in_progress"',
    ]);
  }
}
