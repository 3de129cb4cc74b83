import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expands only. Nodes of the previous release leave open subtasks as they are, whatever the list says. */
export class SubtasksOnComplete1765470000033 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE "tasks"."list" ADD COLUMN "on_complete_with_subtasks" text NOT NULL DEFAULT 'leave'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "tasks"."list" DROP COLUMN "on_complete_with_subtasks"');
  }
}
