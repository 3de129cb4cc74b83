import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ZoneData1763683800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The newest release that any node has had, in one row. zones: its zones as gzipped JSON, for nodes that have an older one;
    // null where the node had them from ICU, which cannot be copied.
    await runner.query(`CREATE TABLE "platform"."zone_data" (
      "only" boolean PRIMARY KEY DEFAULT true CHECK ("only"),
      "release" text COLLATE "C" NOT NULL,
      "origin" text NOT NULL,
      "zones" bytea,
      "since" timestamptz(3) NOT NULL DEFAULT now()
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "platform"."zone_data"');
  }
}
