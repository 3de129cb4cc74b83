import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expands only: nodes of the release before go on, and delete tasks of which nothing more is known. */
export class LastFacts1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX "tasks"."status_transition_of_workspace"');
    await runner.query('ALTER TABLE "tasks"."status_transition" DROP COLUMN "last_facts"');
  }
}

const STATEMENTS = [
  // An index over a long log takes longer than a statement may otherwise: no node of this release could ever start.
  'SET LOCAL statement_timeout = 0',
  // Of a deletion only: what the task was when it went. Without a default: no row is rewritten.
  `ALTER TABLE "tasks"."status_transition" ADD COLUMN "last_facts" json`,
  // What the erasure of a workspace reads. One column that repeats: an entry costs a few bytes.
  `CREATE INDEX "status_transition_of_workspace" ON "tasks"."status_transition" ("workspace_id")`,
];
