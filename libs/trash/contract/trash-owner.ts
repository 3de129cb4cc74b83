// How a feature takes part in the trash of the workspace: it declares these operations and handles them. The module `trash` finds
// them among the operations of all features, and asks each owner with the rights of the caller.
import {
  BooleanField,
  internal,
  IntegerField,
  InstantField,
  ObjectField,
  operations,
  TextField,
  TextsField,
  UuidField,
  type AnyOperation,
  type CallContext,
  type Operation,
  type OperationMap,
} from '@mono/contract';
import { RestoredThing, RestoreTarget, TrashItem } from './trash-item.dto.js';

/** Items that one answer of an owner may have, so that it fits a message. */
export const MAX_OWNER_ITEMS = 200;

/** The sort key of an item. */
export class TrashPlace {
  @InstantField({ description: 'When the item was deleted.' })
  deleted_at: string;

  @UuidField({ description: 'Its id.' })
  id: string;
}

export class FindTrash {
  @TextsField({ description: 'Only items of these types.', maxItems: 20, max: 64, optional: true })
  types?: string[];

  @UuidField({ description: 'Only what was in this list, and the list itself.', optional: true })
  list_id?: string;

  @TextField({ description: 'Only items whose title contains this, in any case.', min: 1, max: 200, optional: true })
  q?: string;

  @ObjectField(() => TrashPlace, { description: 'Only items after this one, in the order.', optional: true })
  after?: TrashPlace;

  @IntegerField({ description: 'How many items at most.', min: 0, max: MAX_OWNER_ITEMS })
  limit: number;

  @BooleanField({ description: 'Whether to count all matches.', optional: true })
  count?: boolean;
}

/** The newest deletion first, then by id from the highest down. */
export class FoundTrash {
  items: TrashItem[];
  /** All matches, whatever `after` and `limit` say; null unless they are to be counted. */
  total: number | null;
}

export class RestoreFromTrash extends RestoreTarget {
  @UuidField({ description: 'The id of the thing.' })
  id: string;
}

export class RestoreAnswer {
  /** null: the owner has nothing of this id that the caller may see, neither in the trash nor outside. */
  restored: RestoredThing | null;
}

export class DeleteFromTrash {
  @UuidField({ description: 'The id of the thing.' })
  id: string;
}

export class DeleteAnswer {
  /** Whether the owner had it in the trash, within the reach of the caller. */
  deleted: boolean;
}

type OwnerOperation<Input, Reply> = Operation<Input, Reply, CallContext> & {
  /** The types of the things in the trash of this owner. */
  readonly trashTypes: readonly string[];
};

export interface TrashOperations extends OperationMap {
  findTrash: OwnerOperation<FindTrash, FoundTrash>;
  /** @throws the handler `not_in_trash` where the thing is not deleted, and other `trashErrors`. */
  restoreFromTrash: OwnerOperation<RestoreFromTrash, RestoreAnswer>;
  /** For good. The handler requires the scope `admin`. */
  deleteFromTrash: OwnerOperation<DeleteFromTrash, DeleteAnswer>;
}

/** Restoring or deleting a list of 10,000 tasks takes a while. */
const LARGE_TIMEOUT_MS = 60_000;

/**
 * @param module the owner. @param types of its things, as the change feed names them.
 * @returns operations for the feature's `operations`, each to be handled by its module with the CallContext of the caller.
 */
export function trashOperationsOf(module: string, types: readonly string[]): TrashOperations {
  const declared = operations(
    module,
    {},
    {
      findTrash: internal({
        summary: 'Find things in the trash',
        body: FindTrash,
        reply: FoundTrash,
        reads: true,
        onBehalf: true,
      }),
      restoreFromTrash: internal({
        summary: 'Restore a thing from the trash',
        body: RestoreFromTrash,
        reply: RestoreAnswer,
        timeoutMs: LARGE_TIMEOUT_MS,
        onBehalf: true,
      }),
      deleteFromTrash: internal({
        summary: 'Delete a thing in the trash for good',
        body: DeleteFromTrash,
        reply: DeleteAnswer,
        timeoutMs: LARGE_TIMEOUT_MS,
        onBehalf: true,
      }),
    },
  );
  const { findTrash, restoreFromTrash, deleteFromTrash } = declared;
  const owned = <O extends AnyOperation>(operation: O) => ({ ...operation, trashTypes: types });
  return {
    findTrash: owned(findTrash),
    restoreFromTrash: owned(restoreFromTrash),
    deleteFromTrash: owned(deleteFromTrash),
  };
}

/** Whether a feature's operations are those of an owner. */
export function isTrashOwner(map: OperationMap): map is TrashOperations {
  return Object.values(map).some((operation: AnyOperation) => 'trashTypes' in operation);
}
