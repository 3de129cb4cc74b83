import type { MigrationInterface, QueryRunner } from 'typeorm';

export class DeadLetterPlaces1764600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Both distinguish a retry that its stream has lost from one that was consumed.
    await runner.query(`ALTER TABLE "platform"."dead_letter"
      ADD COLUMN "dispatched_seq" bigint,
      ADD COLUMN "settled_at" timestamptz(3)`);
    await runner.query(`CREATE INDEX "dead_letter_on_its_way" ON "platform"."dead_letter" ("id")
      WHERE "status" = 'retried' AND "dispatched_seq" IS NOT NULL AND "settled_at" IS NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX "platform"."dead_letter_on_its_way"');
    await runner.query('ALTER TABLE "platform"."dead_letter" DROP COLUMN "dispatched_seq", DROP COLUMN "settled_at"');
  }
}
