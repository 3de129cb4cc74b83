import { createInboxV1, createOutboxV1 } from '@mono/bus/outbox';
import { createIdempotencyV1 } from '@mono/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Initial1764200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [
      BTREE_GIST,
      ...HISTORY,
      ...ENTRIES,
      ...createOutboxV1('time_tracking'),
      ...createInboxV1('time_tracking'),
      ...createIdempotencyV1('time_tracking'),
    ]) {
      await runner.query(statement);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TABLE "time_tracking"."task", "time_tracking"."transition", "time_tracking"."span", "time_tracking"."entry",
        "time_tracking"."settings", "time_tracking"."erased_workspace", "time_tracking"."rebuild", "time_tracking"."outbox",
        "time_tracking"."inbox", "time_tracking"."idempotency"`,
    );
  }
}

// GiST over uuid. Trusted: no superuser is needed, but CREATE on the database. See decisions/0002-ranges-by-gist.md.
const BTREE_GIST = 'CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA "time_tracking"';

const HISTORY = [
  // What is known of a task out of its events, in whichever order they come: <field>_seen is the version that last said
  // something of the field. status: null once it is deleted; status_seen: the version of the last transition.
  // worked_ms: of its closed spans; worked_version: raised with each change of it.
  `CREATE TABLE "time_tracking"."task" (
    "task_id" uuid PRIMARY KEY,
    "workspace_id" uuid NOT NULL,
    "title" text,
    "title_seen" integer NOT NULL DEFAULT 0,
    "list_id" uuid,
    "list_id_seen" integer NOT NULL DEFAULT 0,
    "tags" text[],
    "tags_seen" integer NOT NULL DEFAULT 0,
    "assignee_id" uuid,
    "assignee_id_seen" integer NOT NULL DEFAULT 0,
    "template_id" uuid,
    "template_id_seen" integer NOT NULL DEFAULT 0,
    "estimated_duration" text,
    "estimated_duration_seen" integer NOT NULL DEFAULT 0,
    "status" text,
    "status_seen" integer NOT NULL DEFAULT 0,
    "worked_ms" bigint,
    "worked_version" integer NOT NULL DEFAULT 0
  )`,
  `CREATE INDEX "task_of_workspace" ON "time_tracking"."task" ("workspace_id")`,
  // The status history: only ever added to.
  `CREATE TABLE "time_tracking"."transition" (
    "task_id" uuid NOT NULL,
    "version" integer NOT NULL,
    "workspace_id" uuid NOT NULL,
    "from_status" text,
    "to_status" text,
    "occurred_at" timestamptz(3) NOT NULL,
    "actor_kind" text NOT NULL,
    "actor_id" text NOT NULL,
    "request_id" text NOT NULL,
    CONSTRAINT "transition_pk" PRIMARY KEY ("task_id", "version")
  )`,
  `CREATE INDEX "transition_completed" ON "time_tracking"."transition" ("workspace_id", "occurred_at") WHERE "to_status" = 'done'`,
  // Time in in_progress: from the transition of that version until the next one. Derived from the history alone.
  `CREATE TABLE "time_tracking"."span" (
    "task_id" uuid NOT NULL,
    "version" integer NOT NULL,
    "workspace_id" uuid NOT NULL,
    "started_at" timestamptz(3) NOT NULL,
    "ended_at" timestamptz(3),
    "actor_kind" text NOT NULL,
    "actor_id" text NOT NULL,
    CONSTRAINT "span_pk" PRIMARY KEY ("task_id", "version")
  )`,
  `CREATE INDEX "span_during" ON "time_tracking"."span" USING gist ("workspace_id", tstzrange("started_at", "ended_at")) WHERE "ended_at" IS NOT NULL`,
  `CREATE INDEX "span_open" ON "time_tracking"."span" ("workspace_id", "started_at") WHERE "ended_at" IS NULL`,
  // Workspaces that are gone: what is still told of them is not kept.
  `CREATE TABLE "time_tracking"."erased_workspace" (
    "workspace_id" uuid PRIMARY KEY,
    "erased_at" timestamptz(3) NOT NULL DEFAULT now()
  )`,
  // What has to be filled from the log of tasks. cursor: how far it has come.
  `CREATE TABLE "time_tracking"."rebuild" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "requested_at" timestamptz(3) NOT NULL DEFAULT now(),
    "cursor" text,
    "transitions" bigint NOT NULL DEFAULT 0,
    "finished_at" timestamptz(3)
  )`,
  // Tasks may be older than this module.
  `INSERT INTO "time_tracking"."rebuild" DEFAULT VALUES`,
];

const ENTRIES = [
  // ended_at: null while its timer runs. exclusive: written where the workspace refuses overlaps.
  // forgotten_at: when somebody was told that it still runs.
  `CREATE TABLE "time_tracking"."entry" (
    "id" uuid PRIMARY KEY,
    "workspace_id" uuid NOT NULL,
    "user_id" uuid NOT NULL,
    "task_id" uuid,
    "started_at" timestamptz(3) NOT NULL,
    "ended_at" timestamptz(3),
    "note" text,
    "tags" text[] NOT NULL,
    "billable" boolean NOT NULL,
    "source" text NOT NULL,
    "exclusive" boolean NOT NULL DEFAULT false,
    "forgotten_at" timestamptz(3),
    "version" integer NOT NULL DEFAULT 1,
    "created_at" timestamptz(3) NOT NULL,
    "updated_at" timestamptz(3) NOT NULL,
    CONSTRAINT "entry_in_order" CHECK ("ended_at" >= "started_at"),
    CONSTRAINT "entry_overlap" EXCLUDE USING gist ("workspace_id" WITH =, "user_id" WITH =, tstzrange("started_at", "ended_at") WITH &&) WHERE ("exclusive")
  )`,
  `CREATE UNIQUE INDEX "entry_running" ON "time_tracking"."entry" ("workspace_id", "user_id") WHERE "ended_at" IS NULL`,
  `CREATE INDEX "entry_during" ON "time_tracking"."entry" USING gist ("workspace_id", tstzrange("started_at", "ended_at"))`,
  `CREATE INDEX "entry_by_start" ON "time_tracking"."entry" ("workspace_id", "started_at", "id")`,
  `CREATE INDEX "entry_of_user" ON "time_tracking"."entry" ("workspace_id", "user_id", "started_at", "id")`,
  `CREATE INDEX "entry_of_task" ON "time_tracking"."entry" ("task_id", "started_at") WHERE "task_id" IS NOT NULL`,
  `CREATE INDEX "entry_by_tag" ON "time_tracking"."entry" USING gin ("tags") WHERE "tags" <> '{}'`,
  `CREATE INDEX "entry_not_noticed" ON "time_tracking"."entry" ("started_at") WHERE "ended_at" IS NULL AND "forgotten_at" IS NULL`,
  // Of workspaces that keep their time other than as it comes. locked_until: what lies before it is closed.
  `CREATE TABLE "time_tracking"."settings" (
    "workspace_id" uuid PRIMARY KEY,
    "overlap_policy" text NOT NULL DEFAULT 'allow',
    "rounding_minutes" integer,
    "rounding_mode" text NOT NULL DEFAULT 'nearest',
    "forgotten_timer_hours" integer NOT NULL DEFAULT 10,
    "locked_until" timestamptz(3),
    "locked_at" timestamptz(3),
    "locked_by_kind" text,
    "locked_by_id" text,
    "version" integer NOT NULL DEFAULT 1,
    "updated_at" timestamptz(3) NOT NULL DEFAULT now()
  )`,
];
