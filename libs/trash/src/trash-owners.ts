// The owners of things, as clients: all features that declare the operations of an owner.
import { Injectable } from '@nestjs/common';
import { Bus } from '@mono/bus';
import { clientOf, InvalidInputError, type ClientOf } from '@mono/contract';
import { FeatureOperations } from '@mono/platform';
import { isTrashOwner, type TrashOperations } from '../contract/trash-owner.js';

export interface TrashOwner {
  types: readonly string[];
  client: ClientOf<TrashOperations>;
}

@Injectable()
export class TrashOwners {
  readonly all: readonly TrashOwner[];

  constructor(bus: Bus, operations: FeatureOperations) {
    this.all = operations.all
      .filter(isTrashOwner)
      .map((declared) => ({ types: declared.findTrash.trashTypes, client: clientOf(bus, declared) }));
  }

  /** Those with things of these types. @throws InvalidInputError for a type that nobody has. */
  having(types: readonly string[] | undefined): readonly TrashOwner[] {
    if (types === undefined) return this.all;
    const known = this.all.flatMap((owner) => owner.types);
    if (types.some((type) => !known.includes(type))) {
      const issue = `each item must be one of ${known.toSorted().join(', ')}`;
      throw new InvalidInputError([{ field: 'types', code: 'not_one_of', issue }]);
    }
    return this.all.filter((owner) => owner.types.some((type) => types.includes(type)));
  }
}
