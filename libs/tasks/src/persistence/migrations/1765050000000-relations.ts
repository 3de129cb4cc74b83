import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expands only: nodes of the previous release do not read it. */
export class Relations1765050000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "tasks"."relation"');
  }
}

const STATEMENTS = [
  // `relates_to` has no direction: its task_id is the task that it was created from. No foreign key: a task in the trash keeps its
  // relations.
  `CREATE TABLE "tasks"."relation" (
    "id" uuid PRIMARY KEY,
    "workspace_id" uuid NOT NULL,
    "kind" text NOT NULL CHECK ("kind" IN ('blocks', 'relates_to', 'duplicates')),
    "task_id" uuid NOT NULL,
    "other_id" uuid NOT NULL CHECK ("other_id" <> "task_id"),
    "created_at" timestamptz(3) NOT NULL,
    "actor_kind" text NOT NULL,
    "actor_id" text NOT NULL
  )`,
  // Two tasks have at most one relation of a kind, whichever its direction.
  `CREATE UNIQUE INDEX "relation_unique" ON "tasks"."relation"
    ((least("task_id", "other_id")), (greatest("task_id", "other_id")), "kind")`,
  `CREATE INDEX "relation_of_task" ON "tasks"."relation" ("workspace_id", "task_id", "kind", "other_id")`,
  `CREATE INDEX "relation_of_other" ON "tasks"."relation" ("workspace_id", "other_id", "kind", "task_id")`,
];
