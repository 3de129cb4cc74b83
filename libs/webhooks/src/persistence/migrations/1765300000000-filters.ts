import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expands only: nodes of the previous release record events for a webhook whatever its filter. */
export class Filters1765300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "webhooks"."webhook" ADD "filter" text, ADD "filter_id" uuid`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "webhooks"."webhook" DROP "filter", DROP "filter_id"`);
  }
}
