import { createZoneReleaseV1 } from '@mono/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expands only: nodes of the release before neither read nor write it. */
export class ZoneRelease1764600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of createZoneReleaseV1('recurrence')) await runner.query(statement);
    // The revision that new zone data has raised, of the template and of the occurrence: while it is the last one, the zone
    // data is why the task changes. A constant default rewrites no row.
    await runner.query(`ALTER TABLE "recurrence"."template" ADD COLUMN "zone_revision" integer NOT NULL DEFAULT 0`);
    await runner.query(`ALTER TABLE "recurrence"."occurrence" ADD COLUMN "zone_revision" integer NOT NULL DEFAULT 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "recurrence"."occurrence" DROP COLUMN "zone_revision"');
    await runner.query('ALTER TABLE "recurrence"."template" DROP COLUMN "zone_revision"');
    await runner.query('DROP TABLE "recurrence"."zone_release"');
  }
}
