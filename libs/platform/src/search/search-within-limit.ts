// A search of a module's things on behalf of a caller, within the limits of expensive queries.
import { hasScope, type CallContext } from '@mono/contract';
import { readSearch, type Search } from '@mono/contract/search-text';
import type { Executor, SharingExecutor } from '../database/executor.js';
import { hasSimilarWords, scanStatement } from './search-sql.js';

/** How long the database may work on one statement of a search. */
export const SEARCH_TIME_LIMIT_MS = 5_000;
/** Exact bitmaps of many matches. */
const SETTINGS = { work_mem: '16MB' };

interface Asked {
  q: string;
  limit: number;
  /** Whether similar words match. */
  similar?: boolean;
}

export interface SearchWork {
  search: Search;
  /** The schema of the extension pg_trgm, quoted, for a search of similar words. */
  trigrams: string | undefined;
}

/**
 * @param scope without which the caller finds nothing.
 * @returns nothing for a text without words to find, and for similar words without the extension.
 * @throws DomainError `query_too_expensive`, `rate_limited`.
 */
export async function searchWithinLimit<T>(
  database: SharingExecutor,
  context: CallContext,
  scope: string,
  { q, similar = false }: Asked,
  work: (on: Executor, work: SearchWork) => Promise<T[]>,
): Promise<T[]> {
  const search = readSearch(q);
  if (!hasScope(context.principal, scope) || search.required === '') return [];
  if (similar && !hasSimilarWords(search)) return [];
  const limitMs = SEARCH_TIME_LIMIT_MS;
  const tooExpensive = `This search takes longer than ${limitMs} ms here: use more or longer words, or fewer kinds.`;
  return database.expensive({ kind: 'search', context, limitMs, tooExpensive, settings: SETTINGS }, async (on) => {
    const trigrams = similar ? await trigramSchema(on) : undefined;
    return similar && trigrams === undefined ? [] : work(on, { search, trigrams });
  });
}

export interface SearchedRows {
  schema: string;
  /** As of scanStatement. $1 is the workspace, $2 the lists to which the caller is limited, or null. */
  source: string;
  /** The values of the source from $3 on. */
  more?: readonly unknown[];
}

/** Searches rows that no index of words serves. @throws as searchWithinLimit. */
export function scanRows<Row extends object>(
  database: SharingExecutor,
  context: CallContext,
  scope: string,
  asked: Asked,
  { schema, source, more = [] }: SearchedRows,
): Promise<Row[]> {
  const { workspaceId, listIds = null } = context.principal;
  return searchWithinLimit(database, context, scope, asked, (on, { search, trigrams }) => {
    const values: unknown[] = [workspaceId, listIds, ...more];
    const add = (value: unknown): string => `$${values.push(value)}`;
    return on.query<Row>(scanStatement({ schema, search, add }, { source, limit: asked.limit, trigrams }), values);
  });
}

/** undefined where this role may use no such schema. */
async function trigramSchema(on: Executor): Promise<string | undefined> {
  const [row] = await on.query<{ schema: string }>(
    `SELECT quote_ident(n.nspname) AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
     WHERE e.extname = 'pg_trgm' AND has_schema_privilege(n.oid, 'USAGE')`,
  );
  return row?.schema;
}
