import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expands only: nodes of the release before go on, and neither read nor write it. */
export class ActualDuration1763900100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The version of the last event taken from time tracking. A constant default rewrites no row, and in no index it
    // stays cheap to change: the row's new version goes beside the old one, and the indexes stay as they are.
    await runner.query(`ALTER TABLE "tasks"."task" ADD COLUMN "actual_duration_version" integer NOT NULL DEFAULT 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "tasks"."task" DROP COLUMN "actual_duration_version"');
  }
}
