import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expands only: nodes of the release before leave the column null, which means the default. */
export class Unsubscribe1764900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "notifications"."preference" ADD COLUMN "timer_forgotten" boolean');
    // The key that signs the links of all nodes.
    await runner.query(`CREATE TABLE "notifications"."link_key" (
      "only" boolean PRIMARY KEY DEFAULT true CHECK ("only"),
      "key" bytea NOT NULL,
      "created_at" timestamptz(3) NOT NULL DEFAULT now()
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "notifications"."link_key"');
    await runner.query('ALTER TABLE "notifications"."preference" DROP COLUMN "timer_forgotten"');
  }
}
