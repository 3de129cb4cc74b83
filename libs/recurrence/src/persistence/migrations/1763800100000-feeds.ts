import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Feeds1763800100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of FEED) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "recurrence"."feed"');
  }
}

const FEED = [
  // secret_hash: SHA-256 of what stands in its URL, which nobody keeps. A feed that has ended is gone.
  `CREATE TABLE "recurrence"."feed" (
    "id" uuid PRIMARY KEY,
    "workspace_id" uuid NOT NULL,
    "list_id" uuid NOT NULL,
    "component" text NOT NULL,
    "name" text NOT NULL,
    "creator_kind" text NOT NULL,
    "creator_id" text NOT NULL,
    "secret_hash" bytea NOT NULL,
    "created_at" timestamptz(3) NOT NULL DEFAULT now()
  )`,
  `CREATE UNIQUE INDEX "feed_secret" ON "recurrence"."feed" ("secret_hash")`,
  `CREATE INDEX "feed_of_workspace" ON "recurrence"."feed" ("workspace_id", "id")`,
  `CREATE INDEX "feed_of_list" ON "recurrence"."feed" ("list_id")`,
  `CREATE INDEX "feed_of_creator" ON "recurrence"."feed" ("creator_id")`,
];
