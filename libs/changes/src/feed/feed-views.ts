// The part of a feed that a caller follows. It derives from the declarations of the features, which every node has.
import { Injectable } from '@nestjs/common';
import { filterCallerOf, InvalidInputError, type FilterToMatch, type Principal } from '@mono/contract';
import { DEFAULT_CHANGES_LIMIT, type ChangesQuery } from '../../contract/index.js';
import type { Reach } from './resource-reader.js';
import { ThingTypes, type Visible } from './thing-types.js';
import { decodeToken, encodeToken, type TokenScope } from './token.js';

export type FeedFilter = Pick<
  ChangesQuery,
  'types' | 'list_id' | 'filter' | 'filter_id' | 'timezone' | 'limit' | 'collapse' | 'include'
>;

export interface FeedView {
  scope: TokenScope;
  visible: Visible;
  limit: number;
  collapses: boolean;
  /** undefined: all changes. */
  filter: FilterToMatch | undefined;
  /** The reach in which changes carry their things; undefined: they carry none. */
  reach: Reach | undefined;
}

@Injectable()
export class FeedViews {
  constructor(private readonly types: ThingTypes) {}

  /** @throws InvalidInputError for a type that no feature declares, and for a filter that does not apply. */
  viewOf(principal: Principal, query: FeedFilter): FeedView {
    const { types, list_id, limit, collapse, include } = query;
    this.types.requireTypes(types ?? []);
    const { workspaceId, listIds } = principal;
    const filter = filterOf(principal, query);
    const scope = {
      workspaceId,
      types,
      listId: list_id?.toLowerCase(),
      filter: filter && [filter.filter, filter.filter_id, filter.timezone],
    };
    const read = filter ? { ...scope, types: this.filterable(types) } : scope;
    return {
      scope,
      visible: this.types.visibleTo(principal, read),
      limit: limit ?? DEFAULT_CHANGES_LIMIT,
      collapses: collapse === 'true',
      filter,
      reach: include === undefined ? undefined : { workspaceId, listIds },
    };
  }

  /** @throws InvalidInputError on `since`. */
  positionOf(token: string, { scope }: FeedView): number {
    return decodeToken(token, scope);
  }

  tokenOf(position: number, { scope }: FeedView): string {
    return encodeToken(position, scope);
  }

  /** @throws InvalidInputError */
  private filterable(asked: readonly string[] | undefined): string[] {
    const { filterable } = this.types;
    if (asked === undefined || asked.every((type) => filterable.includes(type))) return asked ? [...asked] : filterable;
    throw new InvalidInputError([
      { field: 'types', code: 'not_combinable', issue: `with a filter must be ${filterable.join(', ')}` },
    ]);
  }
}

/** @throws InvalidInputError */
function filterOf(principal: Principal, { filter, filter_id: id, timezone }: FeedFilter): FilterToMatch | undefined {
  if (filter !== undefined && id !== undefined)
    throw new InvalidInputError([{ field: 'filter_id', code: 'not_combinable', issue: 'goes without filter' }]);
  if (filter === undefined && id === undefined) return undefined;
  return {
    filter: filter ?? null,
    filter_id: id?.toLowerCase() ?? null,
    timezone: timezone ?? null,
    caller: filterCallerOf(principal),
  };
}
