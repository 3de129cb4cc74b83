// The search of a workspace: the matches of all modules in one order.
import { Controller } from '@nestjs/common';
import type { CallContext, InputOf } from '@mono/contract';
import { Operation } from '@mono/platform';
import {
  DEFAULT_SEARCH_ITEMS,
  searchOperations,
  tasksSearchOperations,
  type FindMatches as Query,
  type FoundMatches,
  type SearchResults,
} from '../../contract/index.js';
import { bestOf } from './best-of.js';
import { FindMatches } from './find-matches.js';
import { SearchOwners } from './search-owners.js';

@Controller()
export class SearchController {
  constructor(
    private readonly owners: SearchOwners,
    private readonly finder: FindMatches,
  ) {}

  @Operation(searchOperations.search)
  async search(
    { limit = DEFAULT_SEARCH_ITEMS, ...query }: InputOf<typeof searchOperations.search>,
    call: CallContext,
  ): Promise<SearchResults> {
    const owners = this.owners.having(query.kinds);
    // With one more than the caller gets, for `more`.
    const ask = async (asked: Query) => {
      const found = await Promise.all(owners.map(({ client }) => client.findMatches(asked, call)));
      return bestOf(
        found.flatMap(({ items }) => items),
        limit + 1,
      );
    };
    const exact = await ask({ ...query, limit: limit + 1 });
    const found = exact.length > 0 ? exact : await ask({ ...query, limit: limit + 1, similar: true });
    return {
      items: found.slice(0, limit),
      similar: exact.length === 0 && found.length > 0,
      more: found.length > limit,
    };
  }

  @Operation(tasksSearchOperations.findMatches)
  findMatches(query: InputOf<typeof tasksSearchOperations.findMatches>, call: CallContext): Promise<FoundMatches> {
    return this.finder.find(call, query);
  }
}
