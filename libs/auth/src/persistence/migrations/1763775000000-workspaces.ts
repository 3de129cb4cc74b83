import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Workspaces1763775000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth"."workspace"
      ADD "version" integer NOT NULL DEFAULT 1, ADD "updated_at" timestamptz(3)`);
    await runner.query(`UPDATE "auth"."workspace" SET "updated_at" = "created_at"`);
    await runner.query(`ALTER TABLE "auth"."workspace"
      ALTER "updated_at" SET NOT NULL, ALTER "updated_at" SET DEFAULT now()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth"."workspace" DROP "version", DROP "updated_at"`);
  }
}
