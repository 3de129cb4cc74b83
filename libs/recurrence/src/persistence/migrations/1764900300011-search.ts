import { CREATE_TRIGRAMS_V1, createSearchV1, dropSearchV1 } from '@mono/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The functions with which templates are searched, and similar words, where the extension can be created. */
export class Search1764900300011 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...createSearchV1('recurrence'), CREATE_TRIGRAMS_V1]) await runner.query(statement);
  }

  /** Other modules use the extension. */
  async down(runner: QueryRunner): Promise<void> {
    for (const statement of dropSearchV1('recurrence')) await runner.query(statement);
  }
}
