// Finding tags: the workspace's tags with the number of tasks that carry each, in the order of their bytes.
import { Inject, Injectable } from '@nestjs/common';
import { buildPage, readPageRequest, type CallContext, type CursorValue } from '@mono/contract';
import { Database, type SharingExecutor } from '@mono/platform';
import type { Tag, TagPage, TagQuery } from '../../contract/index.js';
import { Parameters } from './parameters.js';
import { reachConditions, shownConditions } from './task-filter.js';
import { expensively, FIND_TIME_LIMIT_MS } from './time-limit.js';

@Injectable()
export class FindTags {
  timeLimitMs = FIND_TIME_LIMIT_MS;

  constructor(@Inject(Database) private readonly database: SharingExecutor) {}

  /** @throws InvalidInputError for a cursor of another filter, order or workspace; DomainError `query_too_expensive`. */
  async findTags(context: CallContext, query: TagQuery): Promise<TagPage> {
    const { principal } = context;
    // A name is its own tie-breaker: no two tags share it.
    const request = readPageRequest(query, ['text'], { workspace_id: principal.workspaceId });
    const parameters = new Parameters();
    const conditions = reachConditions(principal, parameters);
    conditions.push(...shownConditions(principal, { occurrences: query.occurrences ?? 'next' }, parameters));
    if (query.prefix !== undefined) conditions.push(`starts_with(tag, ${parameters.add(query.prefix)})`);
    const carried = `FROM tasks.task t CROSS JOIN LATERAL unnest(t.tags) AS tag WHERE ${conditions.join(' AND ')}`;
    const counting = request.countsExactly ? `SELECT count(DISTINCT tag)::int AS total ${carried}` : undefined;
    const counted = [...parameters.values];
    const [after] = request.after ?? [];
    const past =
      after === undefined
        ? ''
        : ` AND tag COLLATE "C" ${request.descending ? '<' : '>'} ${parameters.add(after)}::text COLLATE "C"`;
    const text = `SELECT tag COLLATE "C" AS name, count(*)::int AS count ${carried}${past}
      GROUP BY 1 ORDER BY 1 ${request.descending ? 'DESC' : 'ASC'} LIMIT ${request.fetch} OFFSET ${request.offset}`;
    return expensively(this.database, { kind: 'tags', context, limitMs: this.timeLimitMs }, async (on) => {
      const rows = await on.query<Tag>(text, parameters.values);
      const [total] = counting ? await on.query<{ total: number }>(counting, counted) : [];
      return buildPage(request, {
        rows,
        item: ({ name, count }): Tag => ({ name, count }),
        key: ({ name }): CursorValue[] => [name],
        total: total?.total,
      });
    });
  }
}
