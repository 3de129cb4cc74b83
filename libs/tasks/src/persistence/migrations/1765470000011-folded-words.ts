import { createSearchTextV1 } from '@mono/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { TASK_SEARCH } from '../task-search.js';

/**
 * Words without accents. Nodes of the release before ask for folded words as well: their statements call the same functions. Until
 * its row is written again, a word with an accent is not found.
 */
export class FoldedWords1765470000011 implements MigrationInterface {
  /** Rows are written in batches, beside those of everybody else. */
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of createSearchTextV1('tasks')) await runner.query(statement);
    await writeAgain(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    const [searchText = ''] = TASK_SEARCH;
    await runner.query(searchText.replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION'));
    await runner.query('DROP FUNCTION "tasks"."search_fold"');
    await writeAgain(runner);
  }
}

const BATCH = 1_000;
const BATCH_END = `SELECT max(id::text) AS id FROM (
  SELECT id FROM "tasks"."task" WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT ${BATCH}) AS batch`;
/** Only texts beyond ASCII have other words now. */
const WRITE = `UPDATE "tasks"."task" t SET title = t.title
  FROM (SELECT title || array_to_string(tags, '') || coalesce(description, '') AS text, id FROM "tasks"."task"
    WHERE ($1::uuid IS NULL OR id > $1) AND id <= $2) AS batch
  WHERE batch.id = t.id AND octet_length(batch.text) <> length(batch.text)`;

async function writeAgain(runner: QueryRunner): Promise<void> {
  for (let from: string | null = null; ;) {
    const [end] = (await runner.query(BATCH_END, [from])) as { id: string | null }[];
    if (!end?.id) return;
    await runner.query(WRITE, [from, end.id]);
    from = end.id;
  }
}
