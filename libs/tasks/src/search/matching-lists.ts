// The lists that match a search. A workspace has few: all are looked through.
import { scanStatement, type Executor, type SearchWork } from '@mono/platform';
import type { FindMatches } from '../../contract/index.js';
import type { Reach } from '../domain/reach.js';
import { Parameters } from '../find-tasks/parameters.js';

export interface MatchingList {
  id: string;
  title: string;
  body: string | null;
  is_archived: boolean;
  score: number;
}

const MAX_LISTS = 20_000;

export function matchingLists(
  on: Executor,
  { workspaceId, listIds }: Reach,
  { limit }: FindMatches,
  { search, trigrams }: SearchWork,
): Promise<MatchingList[]> {
  const parameters = new Parameters();
  const add = (value: unknown): string => parameters.add(value);
  const within = listIds === undefined ? '' : `AND l.id = ANY(${add(listIds)}::uuid[])`;
  const source = `SELECT l.id, l.title, '{}'::text[] AS tags, l.description AS body, l.archived_at IS NOT NULL AS is_archived,
      CASE WHEN l.archived_at IS NULL THEN 1 ELSE 0.5 END AS weight
    FROM tasks.list l WHERE l.workspace_id = ${add(workspaceId)} ${within} ORDER BY l.created_at DESC LIMIT ${MAX_LISTS}`;
  const scope = { schema: 'tasks', search, add };
  return on.query<MatchingList>(scanStatement(scope, { source, limit, trigrams }), parameters.values);
}
