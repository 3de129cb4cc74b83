import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expands only, without defaults: no row is rewritten. Nodes of the previous release neither read nor write it. */
export class Overridden1765210000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The fields that users have set since recurrence wrote the task of an occurrence, and the version up to which they are
    // known. Behind the task's version, they are not known: a node of the previous release has changed it.
    await runner.query(
      `ALTER TABLE "tasks"."task" ADD COLUMN "overridden" text[], ADD COLUMN "overridden_version" integer`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "tasks"."task" DROP COLUMN "overridden", DROP COLUMN "overridden_version"');
  }
}
