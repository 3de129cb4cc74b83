import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expands only. Tasks that nodes of the release before follow get their digest by periodic work. */
export class Digest1764900200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "notifications"."digest"');
    await runner.query('ALTER TABLE "notifications"."assignment" DROP COLUMN "digest_day"');
    await runner.query(
      'ALTER TABLE "notifications"."preference" DROP COLUMN "daily_digest", DROP COLUMN "daily_digest_time"',
    );
  }
}

const STATEMENTS = [
  `ALTER TABLE "notifications"."preference" ADD COLUMN "daily_digest" boolean, ADD COLUMN "daily_digest_time" text`,
  // Users who wanted no mail about due tasks get none in another form.
  `UPDATE "notifications"."preference" SET "daily_digest" = false WHERE NOT "task_due_soon"`,
  // Users who have had a task. `next_at`: when the digest is looked at again. `since`: no digest whose time was before. `last_day`:
  // the last day whose digest was sent, or was empty.
  `CREATE TABLE "notifications"."digest" (
    "user_id" uuid PRIMARY KEY,
    "next_at" timestamptz(3) NOT NULL,
    "since" timestamptz(3) NOT NULL,
    "last_day" date
  )`,
  `CREATE INDEX "digest_next" ON "notifications"."digest" ("next_at")`,
  `ALTER TABLE "notifications"."assignment" ADD COLUMN "digest_day" date`,
];
