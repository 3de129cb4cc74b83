import { createInboxV1, createOutboxV1 } from '@mono/bus/outbox';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Initial1763790000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [
      PREFERENCE,
      ...TASKS,
      ...REMINDERS,
      ...createOutboxV1('notifications'),
      ...createInboxV1('notifications'),
    ]) {
      await runner.query(statement);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE "notifications"."preference", "notifications"."task", "notifications"."reminder", "notifications"."outbox", "notifications"."inbox"',
    );
  }
}

/** Of users who have chosen something. */
const PREFERENCE = `CREATE TABLE "notifications"."preference" (
  "user_id" uuid PRIMARY KEY,
  "task_due_soon" boolean NOT NULL,
  "task_due_soon_lead_minutes" integer NOT NULL,
  "version" integer NOT NULL,
  "updated_at" timestamptz(3) NOT NULL
)`;

const TASKS = [
  // What is known of tasks out of their events; a deleted one stays for a while as a row of nulls. `seen`: by field, the
  // version that last said something of it. `due_instant`: while somebody has to do it until then.
  `CREATE TABLE "notifications"."task" (
    "task_id" uuid PRIMARY KEY,
    "workspace_id" uuid NOT NULL,
    "title" text,
    "status" text,
    "assignee_id" uuid,
    "due_at" timestamptz(3),
    "due_on" date,
    "timezone" text,
    "seen" json NOT NULL,
    "due_instant" timestamptz(3),
    "remind_at" timestamptz(3),
    "updated_at" timestamptz(3) NOT NULL DEFAULT now()
  )`,
  // What the scan reads: as long as what is still to be told.
  `CREATE INDEX "task_to_remind" ON "notifications"."task" ("remind_at") WHERE "remind_at" IS NOT NULL`,
  // What a changed preference reads.
  `CREATE INDEX "task_due_of_assignee" ON "notifications"."task" ("assignee_id", "due_instant") WHERE "due_instant" IS NOT NULL`,
  // What pruning reads.
  `CREATE INDEX "task_gone" ON "notifications"."task" ("updated_at") WHERE "status" IS NULL`,
];

const REMINDERS = [
  // Who has been told, or is about to be, of which task for which due date.
  `CREATE TABLE "notifications"."reminder" (
    "task_id" uuid NOT NULL,
    "due_instant" timestamptz(3) NOT NULL,
    "user_id" uuid NOT NULL,
    "created_at" timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY ("task_id", "due_instant", "user_id")
  )`,
  `CREATE INDEX "reminder_due" ON "notifications"."reminder" ("due_instant")`,
  `CREATE INDEX "reminder_of_user" ON "notifications"."reminder" ("user_id")`,
];
