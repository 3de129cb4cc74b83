import { createZoneReleaseV1 } from '@mono/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expands only: nodes of the release before neither read nor write it. */
export class ZoneRelease1764600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of createZoneReleaseV1('tasks')) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "tasks"."zone_release"');
  }
}
