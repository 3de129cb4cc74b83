import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Operators disable users, and enable them again. */
export class DisabledUsers1765000000044 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth"."user" ADD COLUMN "disabled_at" timestamptz(3)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth"."user" DROP COLUMN "disabled_at"`);
  }
}
