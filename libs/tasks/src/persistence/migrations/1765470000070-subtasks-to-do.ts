import { runConcurrently } from '@mono/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The subtasks that nobody has begun, by list: those of hidden occurrences do not count as open (../upcoming.ts). */
export class SubtasksToDo1765470000070 implements MigrationInterface {
  /** An index over all tasks is built beside writes. */
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runConcurrently(runner, [
      // The remains of a former attempt.
      'DROP INDEX CONCURRENTLY IF EXISTS "tasks"."task_subtasks_to_do"',
      `CREATE INDEX CONCURRENTLY "task_subtasks_to_do" ON "tasks"."task" ("list_id", "parent_id", "due_instant")
       WHERE "parent_id" IS NOT NULL AND "status" = 'todo'`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runConcurrently(runner, ['DROP INDEX CONCURRENTLY "tasks"."task_subtasks_to_do"']);
  }
}
