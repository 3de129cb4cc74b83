import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The name is that of the user, as long as the account exists. No foreign key to it: the row outlives the account. */
export class FormerMembers1765000000055 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "auth"."former_member" (
      "workspace_id" uuid NOT NULL CONSTRAINT "former_member_workspace_fk" REFERENCES "auth"."workspace" ("id") ON DELETE CASCADE,
      "user_id" uuid NOT NULL,
      "joined_at" timestamptz(3) NOT NULL,
      "left_at" timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
      "version" integer NOT NULL,
      PRIMARY KEY ("workspace_id", "user_id")
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "auth"."former_member"');
  }
}
