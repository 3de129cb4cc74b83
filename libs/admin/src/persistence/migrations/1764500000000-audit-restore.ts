import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AuditRestore1764500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Restores of the database that an operator has accepted, signed. Kept for ever.
    await runner.query(`CREATE TABLE "platform"."audit_restore" (
      "seq" bigint PRIMARY KEY,
      "at" timestamptz(3) NOT NULL,
      "reason" text NOT NULL,
      "accepted_by" text NOT NULL,
      "missing_from" bigint NOT NULL,
      "missing_to" bigint NOT NULL,
      "checkpoints" text NOT NULL,
      "key_id" text NOT NULL,
      "signature" bytea NOT NULL
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "platform"."audit_restore"');
  }
}
