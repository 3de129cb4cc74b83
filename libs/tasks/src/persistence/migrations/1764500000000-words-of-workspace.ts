import { runConcurrently } from '@mono/platform';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * One index of words and tags, each key of which begins with its workspace: what a search reads is its own workspace's, also for
 * a prefix. Nodes of the release before go on; without their own index they read the workspace's tasks one by one.
 */
export class WordsOfWorkspace1764500000000 implements MigrationInterface {
  /** An index over all tasks is built beside writes. */
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of FUNCTIONS) await runner.query(statement);
    await runConcurrently(runner, [
      // What a broken-off attempt has left.
      'DROP INDEX CONCURRENTLY IF EXISTS "tasks"."task_by_keys"',
      `CREATE INDEX CONCURRENTLY "task_by_keys" ON "tasks"."task"
       USING gin ("tasks"."search_keys"("workspace_id", "tags", "search")) WITH (gin_pending_list_limit = 256)`,
      'DROP INDEX CONCURRENTLY IF EXISTS "tasks"."task_by_words"',
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runConcurrently(runner, [
      `CREATE INDEX CONCURRENTLY "task_by_words" ON "tasks"."task" USING gin ("tags", "search") WITH (gin_pending_list_limit = 256)`,
      'DROP INDEX CONCURRENTLY "tasks"."task_by_keys"',
    ]);
    for (const name of ['search_keys', 'search_query_within', 'tags_query_within', 'search_prefix']) {
      await runner.query(`DROP FUNCTION "tasks"."${name}"`);
    }
  }
}

/** As in search_query of the first migration, with a prefix before each word. */
const FUNCTIONS = [
  // Random digits of the id. Two workspaces may share them: a statement names the workspace all the same.
  `CREATE OR REPLACE FUNCTION "tasks"."search_prefix"("workspace" uuid) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN right("workspace"::text, 8)`,

  // Words behind a colon, tags behind a number sign. No word holds the character that separates them here, which is twice as fast
  // as a query over the words. The cost puts cheaper conditions first where rows are walked.
  `CREATE OR REPLACE FUNCTION "tasks"."search_keys"("workspace" uuid, "tags" text[], "search" tsvector) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000
    RETURN array_to_tsvector(
      string_to_array(
        "tasks"."search_prefix"("workspace") || ':' || array_to_string(
          tsvector_to_array("search"),
          chr(1) || "tasks"."search_prefix"("workspace") || ':'
        ),
        chr(1)
      )
      || CASE WHEN cardinality("tags") > 0 THEN
        ARRAY(SELECT "tasks"."search_prefix"("workspace") || '#' || "tag" FROM unnest("tags") AS "tag")
      END
    )`,

  `CREATE OR REPLACE FUNCTION "tasks"."search_query_within"("workspace" uuid, "q" text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
      WITH "word" AS (
        SELECT "word", "place", tsvector_to_array(to_tsvector('simple'::regconfig, "word")) AS "parts"
        FROM regexp_split_to_table("tasks"."search_text"("q"), '\\s+') WITH ORDINALITY AS "split"("word", "place")
      ), "spoken" AS (
        SELECT "word", "parts", "place" = max("place") OVER () AS "last",
          regexp_replace("word", '^[a-z][a-z0-9+.-]*://', '') AS "bare"
        FROM "word" WHERE cardinality("parts") > 0
      ), "quoted" AS (
        SELECT
          "last",
          (
            SELECT string_agg("tasks"."search_lexeme"("tasks"."search_prefix"("workspace") || ':' || "part", "last"), ' & ')
            FROM unnest("parts") AS "part"
          ) AS "parts",
          CASE WHEN "last" AND "bare" <> '' THEN
            "tasks"."search_lexeme"("tasks"."search_prefix"("workspace") || ':' || "bare", true)
          END AS "whole"
        FROM "spoken"
      )
      SELECT coalesce(
        string_agg(CASE WHEN "whole" IS NULL THEN "parts" ELSE '((' || "parts" || ') | ' || "whole" || ')' END, ' & '),
        ''
      )::tsquery FROM "quoted";
    END`,

  `CREATE OR REPLACE FUNCTION "tasks"."tags_query_within"("workspace" uuid, "tags" text[], "all" boolean) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (
      SELECT string_agg(
        "tasks"."search_lexeme"("tasks"."search_prefix"("workspace") || '#' || "tag", false),
        CASE WHEN "all" THEN ' & ' ELSE ' | ' END
      )::tsquery
      FROM unnest("tags") AS "tag"
    )`,
];
