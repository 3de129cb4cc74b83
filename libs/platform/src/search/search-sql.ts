// The SQL of a search, over the functions of ./search-functions.ts in the schema of a module.
import { foldText, type Search } from '@mono/contract/search-text';

export interface SearchScope {
  schema: string;
  search: Search;
  /** @returns the place of a parameter in the statement. */
  add: (value: unknown) => string;
}

/** A text may have many words; each of them is compared with each title. */
const MAX_SIMILAR_WORDS = 8;
/** Words as short have too few trigrams. */
const MIN_SIMILAR_CHARACTERS = 4;
/** Two letters in the wrong order in a word of five. */
const MIN_SIMILARITY = 0.3;
/** For the weights D, C, B, A: a title has A, tags have B, other texts C. */
const WEIGHTS = `'{0.1, 0.3, 0.6, 1}'`;

/** @param document a tsvector. @returns the conditions that a search sets; `false` for one without words. */
export function searchConditions({ schema, search, add }: SearchScope, document: string): string[] {
  const { required, phrases, excluded } = search;
  if (required === '' && excluded.length === 0) return ['false'];
  const phrase = (text: string): string =>
    `${document} @@ phraseto_tsquery('simple'::regconfig, ${schema}.search_text(${add(text)}::text))`;
  return [
    ...(required === '' ? [] : [`${document} @@ ${schema}.search_query(${add(required)}::text)`]),
    ...phrases.map(phrase),
    ...excluded.map((text) => `NOT (${phrase(text)})`),
  ];
}

/** The relevance from 0 to 1: where the words are, and how much of the title they are. */
export function searchScore({ schema, search, add }: SearchScope, document: string, title: string): string {
  const words = `${add(foldText(search.required))}::text`;
  const share = `length(${words})::float8 / length(${title})`;
  return `(0.8 * ts_rank(${WEIGHTS}, ${document}, ${schema}.search_query(${words}))
    + CASE WHEN strpos(${schema}.search_fold(${title}), ${words}) > 0 THEN 0.2 * least(1.0, ${share}) ELSE 0 END)::float8`;
}

/**
 * A search over rows that no index of words serves.
 * @param source a SELECT of id, title, tags, body, weight (a factor of the score) and more, bounded by a LIMIT.
 * @param trigrams the schema of pg_trgm: similar titles match.
 */
export function scanStatement(
  scope: SearchScope,
  { source, limit, trigrams }: { source: string; limit: number; trigrams?: string | undefined },
): string {
  const { lateral, conditions, score } = trigrams === undefined ? exactly(scope) : similarly(scope, trigrams);
  return `SELECT s.*, ${score} * s.weight AS score FROM (${source}) s CROSS JOIN LATERAL (${lateral} OFFSET 0) m
    WHERE ${conditions.join(' AND ')} ORDER BY score DESC, s.id DESC LIMIT ${limit}`;
}

interface Scan {
  /** Computed once for each row. */
  lateral: string;
  conditions: string[];
  score: string;
}

function exactly(scope: SearchScope): Scan {
  const { schema, search, add } = scope;
  // Most rows have no such text at all, which is cheaper to see than their words.
  const [longest] = wordsOf(search).toSorted((one, other) => other.length - one.length);
  const text = `s.title || ' ' || array_to_string(s.tags, ' ') || ' ' || coalesce(s.body, '')`;
  const cheap = longest === undefined ? [] : [`strpos(${schema}.search_fold(${text}), ${add(longest)}::text) > 0`];
  return {
    lateral: `SELECT ${schema}.search_document(s.title, s.tags, s.body) AS document`,
    conditions: [...cheap, ...searchConditions(scope, 'm.document')],
    score: searchScore(scope, 'm.document', 's.title'),
  };
}

/** All words, each in the title, or like a word of it. Short ones must be there as they are. */
function similarly({ schema, search, add }: SearchScope, trigrams: string): Scan {
  const title = `${schema}.search_fold(s.title)`;
  const similarities = wordsOf(search)
    .slice(0, MAX_SIMILAR_WORDS)
    .map((word) =>
      word.length < MIN_SIMILAR_CHARACTERS
        ? `(strpos(${title}, ${add(word)}::text) > 0)::int::float8`
        : `${trigrams}.strict_word_similarity(${add(word)}::text, ${title})::float8`,
    );
  const excluded = search.excluded.map((text) => `strpos(${title}, ${add(foldText(text))}::text) = 0`);
  return {
    lateral: `SELECT least(${similarities.join(', ')}) AS worst, (${similarities.join(' + ')}) / ${similarities.length} AS mean`,
    conditions: [`m.worst >= ${MIN_SIMILARITY}`, ...excluded],
    score: '0.5 * m.mean',
  };
}

/** Whether there is a word that others may be similar to. */
export function hasSimilarWords(search: Search): boolean {
  return wordsOf(search).some((word) => word.length >= MIN_SIMILAR_CHARACTERS);
}

function wordsOf({ required }: Search): string[] {
  return foldText(required).match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}
