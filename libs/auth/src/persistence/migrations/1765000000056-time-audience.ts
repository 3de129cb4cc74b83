import type { MigrationInterface, QueryRunner } from 'typeorm';

export class TimeAudience1765000000056 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth"."workspace" ADD COLUMN "time_entries_visible_to" text NOT NULL DEFAULT 'everyone'
      CONSTRAINT "workspace_time_audience" CHECK ("time_entries_visible_to" IN ('everyone', 'admins'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "auth"."workspace" DROP COLUMN "time_entries_visible_to"');
  }
}
