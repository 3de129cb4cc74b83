import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expands only: nodes of the previous release read the days of tasks without a zone in UTC, as before. */
export class ZoneOfLists1765460000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "tasks"."list" ADD COLUMN "timezone" text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "tasks"."list" DROP COLUMN "timezone"`);
  }
}
