import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expands only. Nodes of the previous release do not obey workflows: they hold once all nodes run this release. */
export class Workflow1765100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "tasks"."list" ADD COLUMN "workflow" json`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "tasks"."list" DROP COLUMN "workflow"`);
  }
}
