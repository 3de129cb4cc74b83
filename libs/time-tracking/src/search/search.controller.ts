// The time entries that match a search of the workspace, by their notes and tags: among those that started last.
import { Controller } from '@nestjs/common';
import type { CallContext, InputOf } from '@mono/contract';
import { snippetOf } from '@mono/contract/search-text';
import { Database, Operation, scanRows } from '@mono/platform';
import type { FoundMatches, SearchItem } from '@mono/tasks/contract';
import { entriesSearch } from '../../contract/entries-search.operations.js';
import { reachOf } from '../reach-of.js';
import { inLists } from '../persistence/entry-reads.js';

interface MatchingEntry {
  id: string;
  title: string;
  task_id: string | null;
  at: string;
  score: number;
}

/** Entries with a note or tags that are looked through. */
const MAX_ENTRIES = 100_000;
/** Similarity costs more. */
const MAX_SIMILAR = 20_000;

@Controller()
export class SearchController {
  constructor(private readonly database: Database) {}

  @Operation(entriesSearch.findMatches)
  async findMatches(query: InputOf<typeof entriesSearch.findMatches>, call: CallContext): Promise<FoundMatches> {
    const source = sourceOf(query.similar === true ? MAX_SIMILAR : MAX_ENTRIES);
    const rows = await scanRows<MatchingEntry>(this.database, call, 'time:read', query, {
      schema: 'time_tracking',
      source,
      more: [reachOf(call.principal).personId ?? null],
    });
    return { items: rows.map((row) => itemOf(row, query.q)) };
  }
}

function sourceOf(most: number): string {
  return `SELECT e.id, coalesce(nullif(e.note, ''), array_to_string(e.tags, ', ')) AS title,
      CASE WHEN e.note <> '' THEN e.tags ELSE '{}' END AS tags, NULL::text AS body, e.task_id, e.started_at AS at, 1 AS weight
    FROM time_tracking.entry e
    WHERE e.workspace_id = $1 AND (e.note <> '' OR e.tags <> '{}') AND ($2::uuid[] IS NULL OR ${inLists('$2')})
      AND ($3::uuid IS NULL OR e.user_id = $3)
    ORDER BY e.started_at DESC, e.id DESC LIMIT ${most}`;
}

function itemOf({ id, title, task_id, at, score }: MatchingEntry, q: string): SearchItem {
  return {
    kind: 'entry',
    id,
    title: snippetOf(title, q) ?? '',
    snippet: null,
    list_id: null,
    task_id,
    status: null,
    at,
    href: `/v1/time/entries/${id}`,
    score,
  };
}
