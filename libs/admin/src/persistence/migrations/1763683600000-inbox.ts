import { createInboxV1 } from '@mono/bus/outbox';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which events have had their effect on what belongs to no module. */
export class Inbox1763683600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of createInboxV1('platform')) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "platform"."inbox"');
  }
}
