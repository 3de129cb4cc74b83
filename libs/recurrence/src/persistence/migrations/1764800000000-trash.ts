import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expands only: nodes of the previous release neither read nor write it. Templates that they delete cannot be restored. */
export class Trash1764800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // before_deletion, before_list_deletion: status, paused_at and ended_at before the template or its list was deleted; null if
    // there is nothing to return to. purge: erase it as soon as tasks knows its latest revisions.
    await runner.query(`ALTER TABLE "recurrence"."template" ADD COLUMN "deleted_by" json, ADD COLUMN "before_deletion" json,
      ADD COLUMN "before_list_deletion" json, ADD COLUMN "purge" boolean NOT NULL DEFAULT false`);
    await runner.query(
      `CREATE INDEX "template_in_trash" ON "recurrence"."template" ("workspace_id", "deleted_at", "id") WHERE "deleted_at" IS NOT NULL`,
    );
    // For the purge.
    await runner.query(
      `CREATE INDEX "template_to_purge" ON "recurrence"."template" ("deleted_at") WHERE "deleted_at" IS NOT NULL`,
    );
    // The latest deletion or restoration of a list that was consumed.
    await runner.query(`CREATE TABLE "recurrence"."list" (
      "list_id" uuid PRIMARY KEY,
      "workspace_id" uuid NOT NULL,
      "version" integer NOT NULL,
      "deleted" boolean NOT NULL,
      "noted_at" timestamptz(3) NOT NULL DEFAULT now()
    )`);
    await runner.query(`CREATE INDEX "list_noted" ON "recurrence"."list" ("noted_at")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "recurrence"."list"');
    await runner.query('DROP INDEX "recurrence"."template_in_trash", "recurrence"."template_to_purge"');
    await runner.query(`ALTER TABLE "recurrence"."template" DROP COLUMN "deleted_by", DROP COLUMN "before_deletion",
      DROP COLUMN "before_list_deletion", DROP COLUMN "purge"`);
  }
}
