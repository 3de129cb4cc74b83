import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expands only: nodes of the previous release do not read it, and delete for good. */
export class Trash1764800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "tasks"."trash"');
  }
}

const STATEMENTS = [
  // root_id: what the user deleted, with which this went; of a root its own id. list_id: of a list its own id. version: that of the
  // deletion. content: the other columns of the row, with the names that they have there.
  `CREATE TABLE "tasks"."trash" (
    "id" uuid PRIMARY KEY,
    "workspace_id" uuid NOT NULL,
    "kind" text NOT NULL CHECK ("kind" IN ('task', 'list')),
    "root_id" uuid NOT NULL,
    "list_id" uuid NOT NULL,
    "parent_id" uuid,
    "title" text NOT NULL,
    "version" integer NOT NULL,
    "deleted_at" timestamptz(3) NOT NULL,
    "actor_kind" text NOT NULL,
    "actor_id" text NOT NULL,
    "actual_duration" text,
    "actual_duration_version" integer NOT NULL DEFAULT 0,
    "content" json NOT NULL
  )`,
  `CREATE INDEX "trash_root" ON "tasks"."trash" ("workspace_id", "deleted_at", "id") WHERE "id" = "root_id"`,
  `CREATE INDEX "trash_expiry" ON "tasks"."trash" ("deleted_at") WHERE "id" = "root_id"`,
  `CREATE INDEX "trash_member" ON "tasks"."trash" ("root_id") WHERE "id" <> "root_id"`,
];
