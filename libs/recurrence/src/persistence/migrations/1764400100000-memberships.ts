import { createMembershipV1 } from '@mono/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expands only: nodes of the release before go on, and neither read nor write it. */
export class Memberships1764400100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of createMembershipV1('recurrence')) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "recurrence"."membership"');
  }
}
