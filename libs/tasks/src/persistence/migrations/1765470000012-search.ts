import { CREATE_TRIGRAMS_V1 } from '@mono/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Similar words, where the extension can be created. */
export class Search1765470000012 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CREATE_TRIGRAMS_V1);
  }

  /** Other modules use the extension. */
  async down(): Promise<void> {}
}
