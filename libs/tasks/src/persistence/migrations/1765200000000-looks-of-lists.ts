import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Expands only. Nodes of the previous release insert lists at their default place, with defaults for the rest. They neither hide
 * archived lists nor refuse tasks for them, and a list that they delete returns from the trash with the defaults.
 */
export class LooksOfLists1765200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "tasks"."list_favorite"');
    // With its indexes.
    await runner.query('ALTER TABLE "tasks"."list" DROP COLUMN "position"');
    for (const column of COLUMNS) await runner.query(`ALTER TABLE "tasks"."list" DROP COLUMN "${column}"`);
  }
}

const COLUMNS = [
  'color',
  'icon',
  'archived_at',
  'default_view',
  'default_order',
  'default_order_dir',
  'moved_to',
] as const;

const STATEMENTS = [
  // moved_to: the key of the last move. Without one, a list stands behind those created before it, and the Inbox before all:
  // the keys of domain/position.ts.
  `ALTER TABLE "tasks"."list"
    ADD COLUMN "color" text,
    ADD COLUMN "icon" text,
    ADD COLUMN "archived_at" timestamptz(3),
    ADD COLUMN "default_view" text NOT NULL DEFAULT 'list',
    ADD COLUMN "default_order" text,
    ADD COLUMN "default_order_dir" text NOT NULL DEFAULT 'asc',
    ADD COLUMN "moved_to" text COLLATE "C",
    ADD COLUMN "position" text COLLATE "C" NOT NULL GENERATED ALWAYS AS (
      coalesce("moved_to", CASE WHEN "is_inbox" THEN '00i' ELSE replace("id"::text, '-', '') || 'i' END)
    ) STORED`,
  `CREATE UNIQUE INDEX "list_by_position" ON "tasks"."list" ("workspace_id", "position")`,
  `CREATE INDEX "list_archived" ON "tasks"."list" ("workspace_id") WHERE "archived_at" IS NOT NULL`,
  `CREATE TABLE "tasks"."list_favorite" (
    "workspace_id" uuid NOT NULL,
    "list_id" uuid NOT NULL,
    "user_id" uuid NOT NULL,
    PRIMARY KEY ("workspace_id", "list_id", "user_id")
  )`,
];
