// The trash of a workspace: what its owners have in theirs.
import { Controller } from '@nestjs/common';
import { buildPage, readPageRequest, UnavailableError, type CallContext, type InputOf } from '@mono/contract';
import { Operation } from '@mono/platform';
import type { RestoredThing } from '../contract/trash-item.dto.js';
import type { TrashPlace } from '../contract/trash-owner.js';
import type { TrashPage } from '../contract/trash-query.dto.js';
import { trashErrors } from '../contract/trash.errors.js';
import { trashOperations as operations } from '../contract/trash.operations.js';
import { mergedItems, type Filter } from './merged-items.js';
import { TrashOwners, type TrashOwner } from './trash-owners.js';

@Controller()
export class TrashController {
  constructor(private readonly owners: TrashOwners) {}

  @Operation(operations.findTrash)
  async findTrash(query: InputOf<typeof operations.findTrash>, call: CallContext): Promise<TrashPage> {
    const { types, list_id, q } = query;
    const owners = this.owners.having(types);
    const request = readPageRequest(query, ['instant', 'uuid'], { workspace_id: call.principal.workspaceId });
    const filter: Filter = {
      ...(types && { types }),
      ...(list_id !== undefined && { list_id }),
      ...(q !== undefined && { q }),
    };
    const [rows, total] = await Promise.all([
      mergedItems(owners, call, filter, placeOf(request.after), request.fetch),
      request.countsExactly ? count(owners, call, filter) : undefined,
    ]);
    return buildPage(request, { rows, item: (row) => row, key: ({ deleted_at, id }) => [deleted_at, id], total });
  }

  @Operation(operations.restoreFromTrash)
  async restoreFromTrash(
    input: InputOf<typeof operations.restoreFromTrash>,
    call: CallContext,
  ): Promise<RestoredThing> {
    const restored = await this.firstOf(async ({ client }) => (await client.restoreFromTrash(input, call)).restored);
    if (!restored) throw trashErrors.trash_item_not_found({ id: input.id });
    return restored;
  }

  @Operation(operations.deleteFromTrash)
  async deleteFromTrash({ id }: InputOf<typeof operations.deleteFromTrash>, call: CallContext): Promise<void> {
    const deleted = await this.firstOf(async ({ client }) =>
      (await client.deleteFromTrash({ id }, call)).deleted ? true : null,
    );
    if (!deleted) throw trashErrors.trash_item_not_found({ id });
  }

  /** The answer of the owner that has it. @throws UnavailableError if none has it and one does not answer. */
  private async firstOf<T>(ask: (owner: TrashOwner) => Promise<T | null>): Promise<T | null> {
    let unavailable: unknown;
    for (const owner of this.owners.all) {
      try {
        const answer = await ask(owner);
        if (answer !== null) return answer;
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        unavailable = error;
      }
    }
    if (unavailable !== undefined) throw unavailable as Error;
    return null;
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof UnavailableError || (error as { kind?: string } | null)?.kind === 'unavailable';
}

async function count(owners: readonly TrashOwner[], call: CallContext, filter: Filter): Promise<number> {
  const found = await Promise.all(
    owners.map(({ client }) => client.findTrash({ ...filter, limit: 0, count: true }, call)),
  );
  return found.reduce((sum, { total }) => sum + (total ?? 0), 0);
}

function placeOf(after: readonly unknown[] | undefined): TrashPlace | undefined {
  const [deleted_at, id] = (after ?? []) as (string | undefined)[];
  return deleted_at === undefined || id === undefined ? undefined : { deleted_at, id };
}
