import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expands only: nodes of the release before neither read nor write the column. Null: the template has never had subtasks. */
export class Subtasks1764900300070 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "recurrence"."template" ADD COLUMN "subtasks" json');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "recurrence"."template" DROP COLUMN "subtasks"');
  }
}
