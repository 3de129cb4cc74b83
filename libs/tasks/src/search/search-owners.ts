// The modules whose things are searched, as clients: all features that declare the operation of an owner.
import { Injectable } from '@nestjs/common';
import { Bus } from '@mono/bus';
import { clientOf, InvalidInputError, type ClientOf } from '@mono/contract';
import { FeatureOperations } from '@mono/platform';
import { isSearchOwner, type SearchOperations } from '../../contract/index.js';

export interface SearchOwner {
  kinds: readonly string[];
  client: ClientOf<SearchOperations>;
}

@Injectable()
export class SearchOwners {
  private readonly all: readonly SearchOwner[];

  constructor(bus: Bus, operations: FeatureOperations) {
    this.all = operations.all
      .filter(isSearchOwner)
      .map((declared) => ({ kinds: declared.findMatches.searchKinds, client: clientOf(bus, declared) }));
  }

  /** Those with things of these kinds. @throws InvalidInputError for a kind that nobody has. */
  having(kinds: readonly string[] | undefined): readonly SearchOwner[] {
    if (kinds === undefined) return this.all;
    const known = this.all.flatMap((owner) => owner.kinds);
    if (kinds.some((kind) => !known.includes(kind))) {
      const issue = `each item must be one of ${known.toSorted().join(', ')}`;
      throw new InvalidInputError([{ field: 'kinds', issue }]);
    }
    return this.all.filter((owner) => owner.kinds.some((kind) => kinds.includes(kind)));
  }
}
