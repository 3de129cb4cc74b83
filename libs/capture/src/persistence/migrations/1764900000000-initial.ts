import { createIdempotencyV1 } from '@mono/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Initial1764900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of createIdempotencyV1('capture')) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "capture"."idempotency"');
  }
}
