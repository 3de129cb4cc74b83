import { createInboxV1, createOutboxV1 } from '@mono/bus/outbox';
import { createIdempotencyV1 } from '@mono/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Initial1763800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [
      ...TEMPLATE,
      ...OCCURRENCE,
      ...createOutboxV1('recurrence'),
      ...createInboxV1('recurrence'),
      ...createIdempotencyV1('recurrence'),
    ]) {
      await runner.query(statement);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE "recurrence"."occurrence", "recurrence"."template", "recurrence"."outbox", "recurrence"."inbox", "recurrence"."idempotency"',
    );
  }
}

const TEMPLATE = [
  // zone: the rule's, or the workspace's where the rule floats. plan_from: what starts earlier is not made any more.
  // revision: raised by whatever changes the plan; planned_revision: the one that the ledger follows. planned_before: the
  // key that the ledger does not reach, planned_through: until when it is complete; generated_through: until when the tasks are. next_run_at: when somebody is to look; null for never.
  `CREATE TABLE "recurrence"."template" (
    "id" uuid PRIMARY KEY,
    "workspace_id" uuid NOT NULL,
    "series_id" uuid NOT NULL,
    "list_id" uuid NOT NULL,
    "title" text NOT NULL,
    "description" text,
    "priority" text NOT NULL,
    "tags" text[] NOT NULL,
    "assignee_id" uuid,
    "estimated_duration" text,
    "rule" json NOT NULL,
    "due_offset" text,
    "anchor" text NOT NULL,
    "lead_days" integer,
    "sync_horizon_days" integer NOT NULL,
    "generation_horizon_days" integer NOT NULL,
    "status" text NOT NULL,
    "starts_from" text,
    "ends_before" text,
    "zone" text NOT NULL,
    "plan_from" timestamptz(3) NOT NULL,
    "revision" integer NOT NULL DEFAULT 1,
    "planned_revision" integer NOT NULL DEFAULT 0,
    "planned_before" text COLLATE "C",
    "planned_through" timestamptz(3),
    "generated_through" timestamptz(3),
    "next_run_at" timestamptz(3),
    "paused_at" timestamptz(3),
    "ended_at" timestamptz(3),
    "deleted_at" timestamptz(3),
    "version" integer NOT NULL DEFAULT 1,
    "created_at" timestamptz(3) NOT NULL,
    "updated_at" timestamptz(3) NOT NULL
  )`,
  // For lists of templates.
  `CREATE INDEX "template_of_workspace" ON "recurrence"."template" ("workspace_id", "created_at", "id") WHERE "deleted_at" IS NULL`,
  // For the deletion of a list.
  `CREATE INDEX "template_of_list" ON "recurrence"."template" ("list_id")`,
  `CREATE INDEX "template_of_series" ON "recurrence"."template" ("series_id")`,
  // For the reconciler.
  `CREATE INDEX "template_to_run" ON "recurrence"."template" ("next_run_at") WHERE "next_run_at" IS NOT NULL`,
];

const OCCURRENCE = [
  // The ledger. at: the start by the rule. wanted: whether it is to have a task. made: whether a task was created, which may be
  // deleted. revision: raised with each change of the task's content; settled_revision: the one that tasks knows. forced: tasks
  // applies the revision even if a user has worked on the task. seen: by field of its task, the version of its last change.
  `CREATE TABLE "recurrence"."occurrence" (
    "series_id" uuid NOT NULL,
    "original_start" text COLLATE "C" NOT NULL,
    "template_id" uuid NOT NULL,
    "workspace_id" uuid NOT NULL,
    "at" timestamptz(3) NOT NULL,
    "note" text,
    "generation" integer NOT NULL DEFAULT 0,
    "task_id" uuid NOT NULL,
    "wanted" boolean NOT NULL,
    "made" boolean NOT NULL DEFAULT false,
    "fits" boolean NOT NULL DEFAULT true,
    "skipped" boolean NOT NULL DEFAULT false,
    "moved_to" timestamptz(3),
    "fields" json,
    "exception_version" integer NOT NULL DEFAULT 0,
    "exception_at" timestamptz(3),
    "revision" integer NOT NULL DEFAULT 1,
    "settled_revision" integer NOT NULL DEFAULT 0,
    "forced" boolean NOT NULL DEFAULT false,
    "task_status" text,
    "seen" json,
    "predecessor_id" uuid,
    "closed_at" timestamptz(3),
    PRIMARY KEY ("series_id", "original_start")
  )`,
  `CREATE UNIQUE INDEX "occurrence_of_task" ON "recurrence"."occurrence" ("task_id")`,
  // For the revisions that tasks does not know.
  `CREATE INDEX "occurrence_to_settle" ON "recurrence"."occurrence" ("template_id", "original_start") WHERE "settled_revision" < "revision"`,
  // Exceptions, and where moved ones are.
  `CREATE INDEX "occurrence_exception" ON "recurrence"."occurrence" ("template_id", "original_start") WHERE "exception_version" > 0`,
];
