import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expands only: nodes of the release before neither read nor write the columns. */
export class ScheduledStanding1764900300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE "recurrence"."template" ADD COLUMN "resumes_at" timestamptz(3), ADD COLUMN "ends_at" timestamptz(3)',
    );
    for (const column of ['resumes_at', 'ends_at']) {
      await runner.query(
        `CREATE INDEX "template_${column}" ON "recurrence"."template" ("${column}") WHERE "${column}" IS NOT NULL`,
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "recurrence"."template" DROP COLUMN "resumes_at", DROP COLUMN "ends_at"');
  }
}
