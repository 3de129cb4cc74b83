import { createInboxV1 } from '@mono/bus';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Initial1763790000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of createInboxV1('notifications')) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "notifications"."inbox"');
  }
}
