import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Throttle1763683500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "platform"."throttle" (
      "key" text PRIMARY KEY,
      "attempts" timestamptz[] NOT NULL,
      "allowed" boolean NOT NULL,
      "expires_at" timestamptz NOT NULL
    )`);
    // What pruning reads.
    await runner.query(`CREATE INDEX "throttle_expires_at" ON "platform"."throttle" ("expires_at")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "platform"."throttle"');
  }
}
