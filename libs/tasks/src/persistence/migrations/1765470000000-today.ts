import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The few tasks that are in progress, and those whose start may have come: ../../today/today.controller.ts. */
export class Today1765470000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX "task_in_progress" ON "tasks"."task" ("workspace_id", "due_instant", "id") WHERE "status" = 'in_progress'`,
    );
    await runner.query(
      `CREATE INDEX "task_started" ON "tasks"."task" ("workspace_id", "starts_on")
       WHERE "starts_on" IS NOT NULL AND "status" = 'todo'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX "tasks"."task_started"');
    await runner.query('DROP INDEX "tasks"."task_in_progress"');
  }
}
