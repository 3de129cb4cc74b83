import { runConcurrently } from '@mono/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Collections in the order of completion, as for each other order: ../task-indexes.ts. */
export class CompletedOrder1765470000034 implements MigrationInterface {
  /** Indexes over all tasks are built beside writes. */
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runConcurrently(runner, [
      // The remains of a former attempt.
      'DROP INDEX CONCURRENTLY IF EXISTS "tasks"."task_by_completed"',
      'DROP INDEX CONCURRENTLY IF EXISTS "tasks"."task_of_list_by_completed"',
      `CREATE INDEX CONCURRENTLY "task_by_completed" ON "tasks"."task" ("workspace_id", "completed_at", "id") WHERE ${VISIBLE}`,
      `CREATE INDEX CONCURRENTLY "task_of_list_by_completed" ON "tasks"."task" ("list_id", "completed_at", "id") WHERE ${VISIBLE}`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runConcurrently(runner, [
      'DROP INDEX CONCURRENTLY "tasks"."task_of_list_by_completed"',
      'DROP INDEX CONCURRENTLY "tasks"."task_by_completed"',
    ]);
  }
}

const VISIBLE = `"status" IN ('todo', 'in_progress', 'blocked', 'done')`;
