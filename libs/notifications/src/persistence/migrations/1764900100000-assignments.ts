import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expands only. */
export class Assignments1764900100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "notifications"."assignment"');
    await runner.query('ALTER TABLE "notifications"."preference" DROP COLUMN "task_assigned"');
  }
}

const STATEMENTS = [
  'ALTER TABLE "notifications"."preference" ADD COLUMN "task_assigned" boolean',
  // The last assignment of a task to a user by somebody else. `settled_at`: since then, no mail is pending. `mail_id`: the event
  // whose mail announces it.
  `CREATE TABLE "notifications"."assignment" (
    "task_id" uuid NOT NULL,
    "user_id" uuid NOT NULL,
    "workspace_id" uuid NOT NULL,
    "version" integer NOT NULL,
    "assigner_kind" text NOT NULL,
    "assigner_id" text NOT NULL,
    "created_at" timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    "settled_at" timestamptz(3),
    "mail_id" uuid,
    PRIMARY KEY ("task_id", "user_id")
  )`,
  `CREATE INDEX "assignment_pending" ON "notifications"."assignment" ("workspace_id", "user_id") WHERE "settled_at" IS NULL`,
  `CREATE INDEX "assignment_of_mail" ON "notifications"."assignment" ("mail_id") WHERE "mail_id" IS NOT NULL`,
  `CREATE INDEX "assignment_of_user" ON "notifications"."assignment" ("user_id")`,
  `CREATE INDEX "assignment_age" ON "notifications"."assignment" ("created_at")`,
];
