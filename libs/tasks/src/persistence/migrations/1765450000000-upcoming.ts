import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The occurrences that nobody has begun, by list and series: ../upcoming.ts. */
export class Upcoming1765450000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX "task_upcoming" ON "tasks"."task" ("list_id", "series_id", "due_instant", "id")
       WHERE "series_id" IS NOT NULL AND "status" = 'todo'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX "tasks"."task_upcoming"');
  }
}
