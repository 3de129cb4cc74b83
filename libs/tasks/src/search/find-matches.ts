// Tasks and lists, as the search of the workspace asks for them on behalf of a caller.
import { Inject, Injectable } from '@nestjs/common';
import type { CallContext } from '@mono/contract';
import { snippetOf } from '@mono/contract/search-text';
import { Database, searchWithinLimit, type SharingExecutor } from '@mono/platform';
import type { FindMatches as Query, FoundMatches, SearchItem } from '../../contract/index.js';
import { bestOf } from './best-of.js';
import { matchingLists, type MatchingList } from './matching-lists.js';
import { matchingTasks, type MatchingTask } from './matching-tasks.js';

@Injectable()
export class FindMatches {
  constructor(@Inject(Database) private readonly database: SharingExecutor) {}

  /** @throws DomainError `query_too_expensive`, `rate_limited`. */
  async find(context: CallContext, query: Query): Promise<FoundMatches> {
    const { principal } = context;
    const { q, kinds, limit } = query;
    const asked = (kind: string): boolean => kinds?.includes(kind) ?? true;
    const items = await searchWithinLimit(this.database, context, 'tasks:read', query, async (on, work) => {
      const tasks = asked('tasks') ? await matchingTasks(on, principal, query, work) : [];
      const lists = asked('lists') ? await matchingLists(on, principal, query, work) : [];
      return [...tasks.map((row) => taskItem(row, q)), ...lists.map((row) => listItem(row, q))];
    });
    return { items: bestOf(items, limit) };
  }
}

function taskItem({ id, title, list_id, status, at, body, score }: MatchingTask, q: string): SearchItem {
  const snippet = snippetOf(body, q);
  return { kind: 'task', id, title, snippet, list_id, task_id: null, status, at, href: `/v1/tasks/${id}`, score };
}

function listItem({ id, title, body, is_archived: isArchived, score }: MatchingList, q: string): SearchItem {
  const snippet = snippetOf(body, q);
  const status = isArchived ? 'archived' : null;
  const href = `/v1/lists/${id}`;
  return { kind: 'list', id, title, snippet, list_id: null, task_id: null, status, at: null, href, score };
}
