// Full text over tasks: how a task's words are stored, and how a person's words are asked for.
//
// Both sides see the same text: NFC, lower case by Unicode (whatever the database's own locale), and without the
// characters that PostgreSQL's parser would take for markup and drop. Words are PostgreSQL's (configuration `simple`):
// hyphenated words also by their parts, e-mail addresses and URLs whole and by host. Scripts without spaces (Chinese,
// Japanese, Thai) are one word between punctuation, found by its beginning.

export const TASK_SEARCH: readonly string[] = [
  // Runs without a space are cut: PostgreSQL's parser takes quadratic time over "a-a-a-…" (64 KiB of it: ten seconds).
  `CREATE FUNCTION "tasks"."search_text"("text" text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN lower(translate(normalize(
      CASE WHEN length("text") > 255 THEN regexp_replace("text", '(\\S{255})', '\\1 ', 'g') ELSE "text" END,
      NFC), '<>&', '   ') COLLATE "und-x-icu")`,

  // array_to_string is only STABLE (other types' output may depend on settings); over text it never changes.
  `CREATE FUNCTION "tasks"."search_document"("title" text, "tags" text[], "description" text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN setweight(to_tsvector('simple'::regconfig, "tasks"."search_text"("title")), 'A')
      || setweight(to_tsvector('simple'::regconfig, "tasks"."search_text"(array_to_string("tags", ' '))), 'B')
      || setweight(to_tsvector('simple'::regconfig, "tasks"."search_text"(coalesce("description", ''))), 'C')`,

  // A word as tsquery writes it, quoted; null for none.
  `CREATE FUNCTION "tasks"."search_lexeme"("word" text, "prefix" boolean) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN "word" <> '' THEN
      '''' || replace(replace("word", '\\', '\\\\'), '''', '''''') || '''' || CASE WHEN "prefix" THEN ':*' ELSE '' END
    END`,

  // Every word must be there; the last also as a prefix: of each of its parts, or of a whole word that the parser takes
  // for one only when it is complete ("joe@exam" of an address). Never a syntax error: words come from the parser or are
  // quoted. Text without any word gives the empty query, which matches nothing.
  `CREATE FUNCTION "tasks"."search_query"("q" text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
      WITH "word" AS (
        SELECT "word", "place", tsvector_to_array(to_tsvector('simple'::regconfig, "word")) AS "parts"
        FROM regexp_split_to_table("tasks"."search_text"("q"), '\\s+') WITH ORDINALITY AS "split"("word", "place")
      ), "spoken" AS (
        SELECT "word", "parts", "place" = max("place") OVER () AS "last" FROM "word" WHERE cardinality("parts") > 0
      ), "quoted" AS (
        SELECT
          "last",
          (SELECT string_agg("tasks"."search_lexeme"("part", "last"), ' & ') FROM unnest("parts") AS "part") AS "parts",
          CASE WHEN "last" THEN "tasks"."search_lexeme"(regexp_replace("word", '^[a-z][a-z0-9+.-]*://', ''), true) END AS "whole"
        FROM "spoken"
      )
      SELECT coalesce(
        string_agg(CASE WHEN "whole" IS NULL THEN "parts" ELSE '((' || "parts" || ') | ' || "whole" || ')' END, ' & '),
        ''
      )::tsquery FROM "quoted";
    END`,
];
