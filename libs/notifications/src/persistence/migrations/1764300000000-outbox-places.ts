import { alterOutboxV2 } from '@mono/bus/outbox';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expands only: a relay of the release before leaves the column empty. */
export class OutboxPlaces1764300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of alterOutboxV2('notifications')) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "notifications"."outbox" DROP COLUMN "stream_seq"');
    await runner.query(
      'ALTER TABLE "notifications"."outbox" RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold)',
    );
  }
}
