import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expands only: nodes of the release before go on, and make tasks that are no occurrences. */
export class Occurrences1763800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "tasks"."occurrence"');
    await runner.query('DROP TYPE "tasks"."occurrence_outcome"');
    await runner.query('ALTER TABLE "tasks"."task" DROP COLUMN "series_id", DROP COLUMN "original_start"');
  }
}

const STATEMENTS = [
  // What was done with the last revision, to be answered again.
  `CREATE TYPE "tasks"."occurrence_outcome" AS ENUM ('created', 'revised', 'removed', 'unchanged', 'touched', 'gone')`,
  // Without defaults: no row is rewritten.
  `ALTER TABLE "tasks"."task" ADD COLUMN "series_id" uuid, ADD COLUMN "original_start" text`,
  // Outlives its task: what has a row is never made again. No foreign key, and only what must be known then. One index for
  // both questions: is there this one, and what is there of a workspace that is erased.
  // written_version 0: it was removed before it was made.
  `CREATE TABLE "tasks"."occurrence" (
    "workspace_id" uuid NOT NULL,
    "task_id" uuid NOT NULL,
    "revision" integer NOT NULL,
    "written_version" integer NOT NULL,
    "outcome" "tasks"."occurrence_outcome" NOT NULL,
    "successor_of" uuid,
    CONSTRAINT "occurrence_pk" PRIMARY KEY ("workspace_id", "task_id")
  )`,
  // What reopening a task reads.
  `CREATE INDEX "occurrence_successor" ON "tasks"."occurrence" ("successor_of") WHERE "successor_of" IS NOT NULL`,
];
