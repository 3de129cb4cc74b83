// The templates that match a search of the workspace. A workspace has few: all are looked through.
import { Controller } from '@nestjs/common';
import type { CallContext, InputOf } from '@mono/contract';
import { snippetOf } from '@mono/contract/search-text';
import { Database, Operation, scanRows } from '@mono/platform';
import type { FoundMatches, SearchItem } from '@mono/tasks/contract';
import { templatesSearch } from '../../contract/templates-search.operations.js';

interface MatchingTemplate {
  id: string;
  title: string;
  list_id: string;
  status: string;
  body: string | null;
  score: number;
}

const MAX_TEMPLATES = 20_000;

@Controller()
export class SearchController {
  constructor(private readonly database: Database) {}

  @Operation(templatesSearch.findMatches)
  async findMatches(query: InputOf<typeof templatesSearch.findMatches>, call: CallContext): Promise<FoundMatches> {
    const rows = await scanRows<MatchingTemplate>(this.database, call, 'recurrence:read', query, TEMPLATES);
    return { items: rows.map((row) => itemOf(row, query.q)) };
  }
}

const TEMPLATES = {
  schema: 'recurrence',
  source: `SELECT t.id, t.title, t.tags, t.description AS body, t.list_id, t.status,
    CASE WHEN t.status = 'ended' THEN 0.5 ELSE 1 END AS weight
  FROM recurrence.template t
  WHERE t.workspace_id = $1 AND t.deleted_at IS NULL AND ($2::uuid[] IS NULL OR t.list_id = ANY($2::uuid[]))
  ORDER BY t.created_at DESC LIMIT ${MAX_TEMPLATES}`,
};

function itemOf({ id, title, list_id, status, body, score }: MatchingTemplate, q: string): SearchItem {
  const snippet = snippetOf(body, q);
  const href = `/v1/templates/${id}`;
  return { kind: 'template', id, title, snippet, list_id, task_id: null, status, at: null, href, score };
}
