// Favorites: lists that a user has marked, for that user alone.
import { Controller } from '@nestjs/common';
import { DomainError, type CallContext, type InputOf } from '@mono/contract';
import { Operation, RetryingDatabase } from '@mono/platform';
import { listsOperations } from '../../contract/index.js';
import { tasksErrors } from '../../contract/tasks.errors.js';
import { requireReach } from '../domain/reach.js';
import { addFavorite, removeFavorite } from '../persistence/favorite-records.js';
import { Assignees } from '../tasks/assignees.js';
import { FormerMembers } from '../tasks/former-members.js';

@Controller()
export class FavoritesController {
  constructor(
    private readonly writes: RetryingDatabase,
    private readonly members: Assignees,
    private readonly formerMembers: FormerMembers,
  ) {}

  /** The membership is held, so that no favorite survives its end. */
  @Operation(listsOperations.addFavorite)
  addFavorite({ id }: InputOf<typeof listsOperations.addFavorite>, call: CallContext): Promise<void> {
    const { workspaceId, id: userId } = call.principal;
    requireReach(call.principal, id);
    return this.formerMembers.settled(call.requestId, () =>
      this.members.assigning(this.writes, call, [{ assignee_id: userId }], async (on, { strangers }) => {
        if (strangers.has(userId)) {
          throw new DomainError('forbidden', 'forbidden', 'This operation requires a member of the workspace.');
        }
        if (!(await addFavorite(on, workspaceId, id, userId))) throw tasksErrors.list_not_found({ id });
      }),
    );
  }

  @Operation(listsOperations.removeFavorite)
  async removeFavorite({ id }: InputOf<typeof listsOperations.removeFavorite>, call: CallContext): Promise<void> {
    const { workspaceId, id: userId } = call.principal;
    requireReach(call.principal, id);
    if (!(await removeFavorite(this.writes, workspaceId, id, userId))) throw tasksErrors.list_not_found({ id });
  }
}
