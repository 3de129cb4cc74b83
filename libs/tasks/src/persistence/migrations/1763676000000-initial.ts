import { createOutboxV1 } from '@mono/bus/outbox';
import { createIdempotencyV1 } from '@mono/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { TASK_INDEXES } from '../task-indexes.js';
import { TASK_SEARCH } from '../task-search.js';

export class Initial1763676000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [
      ...TYPES,
      ...LISTS,
      ...TASKS,
      ...TRANSITIONS,
      ...createOutboxV1('tasks'),
      ...createIdempotencyV1('tasks'),
    ]) {
      await runner.query(statement);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA "tasks" CASCADE');
  }
}

const TYPES = [
  `CREATE TYPE "tasks"."task_status" AS ENUM ('todo', 'in_progress', 'blocked', 'done', 'archived', 'cancelled')`,
  // In the order of their meaning, which is the order of the enum.
  `CREATE TYPE "tasks"."task_priority" AS ENUM ('low', 'medium', 'high', 'urgent')`,
  `CREATE TYPE "tasks"."title_policy" AS ENUM ('any', 'unique')`,
];

const LISTS = [
  `CREATE TABLE "tasks"."list" (
    "id" uuid PRIMARY KEY,
    "workspace_id" uuid NOT NULL,
    "title" text NOT NULL,
    "title_policy" "tasks"."title_policy" NOT NULL DEFAULT 'any',
    "description" text,
    "is_inbox" boolean NOT NULL DEFAULT false,
    "version" integer NOT NULL DEFAULT 1,
    "created_at" timestamptz(3) NOT NULL,
    "updated_at" timestamptz(3) NOT NULL
  )`,
  `CREATE UNIQUE INDEX "list_inbox" ON "tasks"."list" ("workspace_id") WHERE "is_inbox"`,
  `CREATE INDEX "list_by_created" ON "tasks"."list" ("workspace_id", "created_at", "id")`,
];

const TASKS = [
  ...TASK_SEARCH,
  `CREATE TABLE "tasks"."task" (
    "id" uuid PRIMARY KEY,
    "workspace_id" uuid NOT NULL,
    "list_id" uuid NOT NULL CONSTRAINT "task_list_fk" REFERENCES "tasks"."list" ("id"),
    "parent_id" uuid CONSTRAINT "task_parent_fk" REFERENCES "tasks"."task" ("id"),
    "title" text NOT NULL,
    "title_key" text NOT NULL,
    "title_unique" boolean NOT NULL DEFAULT false,
    "description" text,
    "status" "tasks"."task_status" NOT NULL,
    "priority" "tasks"."task_priority" NOT NULL,
    "tags" text[] NOT NULL DEFAULT '{}',
    "assignee_id" uuid,
    "position" text COLLATE "C" NOT NULL,
    "due_at" timestamptz(3),
    "due_on" date,
    "due_instant" timestamptz(3),
    "starts_on" date,
    "timezone" text,
    "estimated_duration" text,
    "actual_duration" text,
    "template_id" uuid,
    "due_soon_for" timestamptz(3),
    "completed_at" timestamptz(3),
    "version" integer NOT NULL DEFAULT 1,
    "created_at" timestamptz(3) NOT NULL,
    "updated_at" timestamptz(3) NOT NULL,
    "search" tsvector GENERATED ALWAYS AS ("tasks"."search_document"("title", "tags", "description")) STORED
  )`,
  // title_unique: the list's policy is 'unique' and the task is no occurrence of a template.
  `CREATE UNIQUE INDEX "task_unique_title" ON "tasks"."task" ("list_id", "title_key") WHERE "title_unique"`,
  ...TASK_INDEXES,
];

const TRANSITIONS = [
  // Append-only, and kept when its task is deleted: no foreign key.
  `CREATE TABLE "tasks"."status_transition" (
    "seq" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "workspace_id" uuid NOT NULL,
    "task_id" uuid NOT NULL,
    "version" integer NOT NULL,
    "from_status" "tasks"."task_status",
    "to_status" "tasks"."task_status",
    "occurred_at" timestamptz(3) NOT NULL,
    "actor_kind" text NOT NULL,
    "actor_id" text NOT NULL,
    "request_id" text NOT NULL
  )`,
  `CREATE UNIQUE INDEX "status_transition_of_task" ON "tasks"."status_transition" ("task_id", "version")`,
];
