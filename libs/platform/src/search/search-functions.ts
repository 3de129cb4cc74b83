// Full text search in a module's own schema: how the words of a row are stored, and how a person's words are asked for.
// A released version of this DDL never changes: an alteration is a new function, called by a new migration.
//
// Both sides see the same text: folded as by foldText of @mono/contract, and without the characters that PostgreSQL's parser would
// take for markup and drop. Words are PostgreSQL's (configuration `simple`): hyphenated words also by their parts, e-mail
// addresses and URLs whole and by host. Scripts without spaces are one word between punctuation, found by its beginning.

/** The functions `search_fold` and `search_text`. */
export function createSearchTextV1(schema: string): string[] {
  return [
    // ASCII, which most texts are, has no accents. The database's own locale plays no part.
    `CREATE OR REPLACE FUNCTION "${schema}"."search_fold"("text" text) RETURNS text
      LANGUAGE sql IMMUTABLE PARALLEL SAFE
      RETURN CASE WHEN octet_length("text") = length("text") THEN lower("text" COLLATE "C") COLLATE "und-x-icu" ELSE
        translate(
          replace(replace(replace(replace(
            normalize(regexp_replace(normalize(lower("text" COLLATE "und-x-icu"), NFD), '[\\u0300-\\u036f]', '', 'g'), NFC),
            'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
          'ςøłđðı', 'σolddi')
      END`,

    // Runs without a space are cut: PostgreSQL's parser takes quadratic time over "a-a-a-…" (64 KiB of it: ten seconds).
    // The argument of an inlined function is computed at each of its places: it has to stay cheap.
    `CREATE OR REPLACE FUNCTION "${schema}"."search_text"("text" text) RETURNS text
      LANGUAGE sql IMMUTABLE PARALLEL SAFE
      RETURN translate(
        CASE WHEN length("text") > 255 THEN regexp_replace("${schema}"."search_fold"("text"), '(\\S{255})', '\\1 ', 'g')
          ELSE "${schema}"."search_fold"("text") END,
        '<>&', '   ')`,
  ];
}

/** All functions of a search: those of the text, `search_document` and `search_query`. */
export function createSearchV1(schema: string): string[] {
  return [
    ...createSearchTextV1(schema),

    // array_to_string is only STABLE (other types' output may depend on settings); over text it never changes.
    `CREATE OR REPLACE FUNCTION "${schema}"."search_document"("title" text, "tags" text[], "body" text) RETURNS tsvector
      LANGUAGE sql IMMUTABLE PARALLEL SAFE
      RETURN setweight(to_tsvector('simple'::regconfig, "${schema}"."search_text"("title")), 'A')
        || setweight(to_tsvector('simple'::regconfig, "${schema}"."search_text"(array_to_string("tags", ' '))), 'B')
        || setweight(to_tsvector('simple'::regconfig, "${schema}"."search_text"(coalesce("body", ''))), 'C')`,

    // A word as tsquery writes it, quoted; null for none.
    `CREATE OR REPLACE FUNCTION "${schema}"."search_lexeme"("word" text, "prefix" boolean) RETURNS text
      LANGUAGE sql IMMUTABLE PARALLEL SAFE
      RETURN CASE WHEN "word" <> '' THEN
        '''' || replace(replace("word", '\\', '\\\\'), '''', '''''') || '''' || CASE WHEN "prefix" THEN ':*' ELSE '' END
      END`,

    // Every word must be there; the last also as a prefix: of each of its parts, or of a whole word that the parser takes for one
    // only when it is complete ("joe@exam" of an address). Never a syntax error: words come from the parser or are quoted. Text
    // without any word gives the empty query, which matches nothing.
    `CREATE OR REPLACE FUNCTION "${schema}"."search_query"("q" text) RETURNS tsquery
      LANGUAGE sql IMMUTABLE PARALLEL SAFE
      BEGIN ATOMIC
        WITH "word" AS (
          SELECT "word", "place", tsvector_to_array(to_tsvector('simple'::regconfig, "word")) AS "parts"
          FROM regexp_split_to_table("${schema}"."search_text"("q"), '\\s+') WITH ORDINALITY AS "split"("word", "place")
        ), "spoken" AS (
          SELECT "word", "parts", "place" = max("place") OVER () AS "last" FROM "word" WHERE cardinality("parts") > 0
        ), "quoted" AS (
          SELECT
            "last",
            (SELECT string_agg("${schema}"."search_lexeme"("part", "last"), ' & ') FROM unnest("parts") AS "part") AS "parts",
            CASE WHEN "last" THEN "${schema}"."search_lexeme"(regexp_replace("word", '^[a-z][a-z0-9+.-]*://', ''), true) END AS "whole"
          FROM "spoken"
        )
        SELECT coalesce(
          string_agg(CASE WHEN "whole" IS NULL THEN "parts" ELSE '((' || "parts" || ') | ' || "whole" || ')' END, ' & '),
          ''
        )::tsquery FROM "quoted";
      END`,
  ];
}

/** Takes the functions of createSearchV1 away, each before those that it calls. */
export function dropSearchV1(schema: string): string[] {
  const names = ['search_query', 'search_lexeme', 'search_document', 'search_text', 'search_fold'];
  return names.map((name) => `DROP FUNCTION "${schema}"."${name}"`);
}

/**
 * The extension for similar words, in the first schema of the search path: `public`, unless the role may not use it. It is trusted
 * (no superuser is needed), but requires CREATE on the database. Searches do without it where it cannot be created.
 */
export const CREATE_TRIGRAMS_V1 = `DO $$
  BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
  EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR invalid_schema_name OR unique_violation
    OR duplicate_object THEN
    NULL;
  END
$$`;
