import type { MigrationInterface, QueryRunner } from 'typeorm';

export class TemplateProblem1763800200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Why no further tasks are planned, as an error code. Null: they are.
    await runner.query('ALTER TABLE "recurrence"."template" ADD COLUMN "problem" text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "recurrence"."template" DROP COLUMN "problem"');
  }
}
