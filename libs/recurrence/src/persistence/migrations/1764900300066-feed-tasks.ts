import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expands only. Feeds of the release before, and those that its nodes create meanwhile, keep showing templates alone. */
export class FeedTasks1764900300066 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "recurrence"."feed" ADD COLUMN "tasks" text NOT NULL DEFAULT 'none'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "recurrence"."feed" DROP COLUMN "tasks"');
  }
}
