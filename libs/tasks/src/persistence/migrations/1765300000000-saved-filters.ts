import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expands only: nodes of the previous release do not read it. */
export class SavedFilters1765300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "tasks"."saved_filter"');
  }
}

const STATEMENTS = [
  // owner_id: the user who created it; null: an API key has.
  `CREATE TABLE "tasks"."saved_filter" (
    "id" uuid PRIMARY KEY,
    "workspace_id" uuid NOT NULL,
    "name" text NOT NULL,
    "filter" text NOT NULL,
    "order_by" text NOT NULL,
    "order_dir" text NOT NULL,
    "group_by" text,
    "view" text NOT NULL,
    "color" text,
    "visibility" text NOT NULL CHECK ("visibility" IN ('personal', 'shared')),
    "owner_id" uuid,
    "position" text COLLATE "C" NOT NULL,
    "version" integer NOT NULL DEFAULT 1,
    "created_at" timestamptz(3) NOT NULL,
    "updated_at" timestamptz(3) NOT NULL,
    CONSTRAINT "saved_filter_owner" CHECK ("visibility" = 'shared' OR "owner_id" IS NOT NULL)
  )`,
  `CREATE INDEX "saved_filter_order" ON "tasks"."saved_filter" ("workspace_id", "position", "id")`,
  `CREATE INDEX "saved_filter_personal" ON "tasks"."saved_filter" ("workspace_id", "owner_id") WHERE "visibility" = 'personal'`,
];
