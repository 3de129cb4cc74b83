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
