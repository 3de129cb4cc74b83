import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  // One row per workspace. Its lock orders the writers; `position` is that of the last change, and `pruned_to` that of the
  // last pruned one. A workspace that was erased is remembered, so that late events of it are ignored.
  `CREATE TABLE "changes"."feed" (
    "workspace_id" uuid PRIMARY KEY,
    "position" bigint NOT NULL DEFAULT 0,
    "pruned_to" bigint NOT NULL DEFAULT 0,
    "erased_at" timestamptz(3)
  ) WITH (fillfactor = 50)`,
  `CREATE INDEX "feed_erased" ON "changes"."feed" ("erased_at") WHERE "erased_at" IS NOT NULL`,
  `CREATE TABLE "changes"."change" (
    "workspace_id" uuid NOT NULL,
    "position" bigint NOT NULL,
    "event_id" uuid NOT NULL,
    "type" text NOT NULL,
    "thing_id" uuid NOT NULL,
    "change" text NOT NULL,
    "version" integer NOT NULL,
    "list_id" uuid,
    "from_list_id" uuid,
    "fields" text[] NOT NULL,
    "keys" jsonb NOT NULL,
    "actor_kind" text NOT NULL,
    "actor_id" text NOT NULL,
    "origin" text,
    "request_id" text NOT NULL,
    "occurred_at" timestamptz(3) NOT NULL,
    "recorded_at" timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY ("workspace_id", "position"),
    CONSTRAINT "change_event" UNIQUE ("event_id")
  )`,
  // Pruning reads it.
  `CREATE INDEX "change_recorded" ON "changes"."change" ("recorded_at")`,
];

export class Initial1764700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "changes"."change", "changes"."feed"');
  }
}
