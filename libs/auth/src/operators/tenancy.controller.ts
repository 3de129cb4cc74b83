// Workspaces and invites of the whole installation, for operators.
import { Controller, Inject } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import { requireVersion, type CallContext, type InputOf } from '@mono/contract';
import { Operation, RetryingDatabase, type TransactionalExecutor } from '@mono/platform';
import {
  authErrors,
  operatorsOperations as operations,
  RememberedKeys,
  RememberedPersonalTokens,
  RememberedUsers,
  type OneTimeLink,
} from '../../contract/index.js';
import { findOpenTokenOfInvite } from '../persistence/email-tokens.js';
import { addInviteEvent, lockInvite } from '../persistence/invites.js';
import { deleteWorkspaces } from '../persistence/members.js';
import { addWorkspaceDeleted, lockWorkspace, readWorkspace } from '../persistence/workspaces.js';
import { EmailLinks } from '../users/email-links.js';

@Controller()
export class TenancyController {
  constructor(
    @Inject(RetryingDatabase) private readonly database: TransactionalExecutor,
    private readonly signal: OutboxSignal,
    private readonly keys: RememberedKeys,
    private readonly users: RememberedUsers,
    private readonly tokens: RememberedPersonalTokens,
    private readonly links: EmailLinks,
  ) {}

  /** Keys, members and invites end with the transaction; the other modules erase what is theirs when they consume the event. */
  @Operation(operations.deleteWorkspace)
  async deleteWorkspace({ id }: InputOf<typeof operations.deleteWorkspace>, context: CallContext): Promise<void> {
    await this.database.transaction(async (on) => {
      await lockWorkspace(on, id);
      const workspace = await readWorkspace(on, id);
      if (!workspace) throw authErrors.workspace_not_found({ id });
      requireVersion(context, workspace);
      if (workspace.is_default) throw authErrors.default_workspace();
      await deleteWorkspaces(on, [id]);
      await addWorkspaceDeleted(on, context, workspace);
      on.afterCommit(() => this.signal.wake());
    });
    for (const remembered of [this.keys, this.users, this.tokens]) remembered.clear();
  }

  /** The link of the last mail, as often as it is asked for. */
  @Operation(operations.getInviteLink)
  getInviteLink({ id }: InputOf<typeof operations.getInviteLink>, context: CallContext): Promise<OneTimeLink> {
    return this.database.transaction(async (on) => {
      const invite = await lockInvite(on, id);
      const tokenId = invite && (await findOpenTokenOfInvite(on, id));
      if (!invite || tokenId === undefined) throw authErrors.invite_not_found({ id });
      await addInviteEvent(on, context, invite, { event: 'invite_link_shown' });
      on.afterCommit(() => this.signal.wake());
      return this.links.show(on, tokenId);
    });
  }
}
