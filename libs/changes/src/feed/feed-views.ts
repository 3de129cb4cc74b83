// The part of a feed that a caller follows. It derives from the declarations of the features, which every node has.
import { Injectable } from '@nestjs/common';
import type { Principal } from '@mono/contract';
import { DEFAULT_CHANGES_LIMIT, type ChangesQuery } from '../../contract/index.js';
import type { Reach } from './resource-reader.js';
import { ThingTypes, type Visible } from './thing-types.js';
import { decodeToken, encodeToken, type TokenScope } from './token.js';

export type FeedFilter = Pick<ChangesQuery, 'types' | 'list_id' | 'limit' | 'collapse' | 'include'>;

export interface FeedView {
  scope: TokenScope;
  visible: Visible;
  limit: number;
  collapses: boolean;
  /** The reach in which changes carry their things; undefined: they carry none. */
  reach: Reach | undefined;
}

@Injectable()
export class FeedViews {
  constructor(private readonly types: ThingTypes) {}

  /** @throws InvalidInputError for a type that no feature declares. */
  viewOf(principal: Principal, { types, list_id, limit, collapse, include }: FeedFilter): FeedView {
    this.types.requireTypes(types ?? []);
    const { workspaceId, listIds } = principal;
    const scope = { workspaceId, types, listId: list_id?.toLowerCase() };
    return {
      scope,
      visible: this.types.visibleTo(principal, scope),
      limit: limit ?? DEFAULT_CHANGES_LIMIT,
      collapses: collapse === 'true',
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
}
