// The users of the whole installation, for operators: disable, enable, delete, and a link to set a password.
import { Controller, Inject } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import { buildPage, readPageRequest, requireVersion, type CallContext, type InputOf } from '@mono/contract';
import { Operation, RetryingDatabase, type Executor, type TransactionalExecutor } from '@mono/platform';
import {
  authErrors,
  operatorsOperations as operations,
  RememberedPersonalTokens,
  RememberedUsers,
  type OneTimeLink,
  type UserAccount,
  type UserAccountPage,
} from '../../contract/index.js';
import { addUserEvent } from '../persistence/user-events.js';
import { countUsers, findUser, findUserRows, lockUser, setDisabled, type StoredUser } from '../persistence/users.js';
import { actorOf, originOf } from '../users/caller.js';
import { deleteAccount } from '../users/delete-account.js';
import { EmailLinks } from '../users/email-links.js';
import { endAccess } from '../users/end-access.js';

@Controller()
export class UserAccountsController {
  constructor(
    @Inject(RetryingDatabase) private readonly database: TransactionalExecutor,
    private readonly signal: OutboxSignal,
    private readonly users: RememberedUsers,
    private readonly tokens: RememberedPersonalTokens,
    private readonly links: EmailLinks,
  ) {}

  @Operation(operations.findUsers)
  async findUsers(query: InputOf<typeof operations.findUsers>): Promise<UserAccountPage> {
    const request = readPageRequest(query, ['uuid'], { of: 'installation' });
    return buildPage(request, {
      rows: await findUserRows(this.database, query, request),
      item: shown,
      key: ({ id }) => [id],
      total: request.countsExactly ? await countUsers(this.database, query) : undefined,
    });
  }

  @Operation(operations.getUser)
  async getUser({ id }: InputOf<typeof operations.getUser>): Promise<UserAccount> {
    const user = await findUser(this.database, id);
    if (!user) throw authErrors.user_not_found({ id });
    return shown(user);
  }

  @Operation(operations.disableUser)
  disableUser({ id }: InputOf<typeof operations.disableUser>, context: CallContext): Promise<UserAccount> {
    return this.setState(id, context, 'user_disabled');
  }

  @Operation(operations.enableUser)
  enableUser({ id }: InputOf<typeof operations.enableUser>, context: CallContext): Promise<UserAccount> {
    return this.setState(id, context, 'user_enabled');
  }

  @Operation(operations.deleteUser)
  async deleteUser({ id }: InputOf<typeof operations.deleteUser>, context: CallContext): Promise<void> {
    await this.database.transaction(async (on) => {
      const user = await requireUser(on, id);
      requireVersion(context, user);
      await deleteAccount(on, context, user, this.links);
      on.afterCommit(() => this.signal.wake());
    });
    this.forget(id);
  }

  @Operation(operations.createPasswordLink)
  createPasswordLink(
    { id }: InputOf<typeof operations.createPasswordLink>,
    context: CallContext,
  ): Promise<OneTimeLink> {
    return this.database.transaction(async (on) => {
      const user = await requireUser(on, id);
      if (user.disabled_at !== null) throw authErrors.user_disabled();
      const tokenId = await this.links.make(on, 'reset', user.id, user.email);
      // Without the id of the token, by which the mail would be sent.
      await addUserEvent(on, originOf(context), { event: 'password_link_created', user, by: actorOf(context) });
      on.afterCommit(() => this.signal.wake());
      return this.links.show(on, tokenId);
    });
  }

  /** Links from before the disabling that a request under way has made since end with the enabling. */
  private async setState(
    id: string,
    context: CallContext,
    event: 'user_disabled' | 'user_enabled',
  ): Promise<UserAccount> {
    const user = await this.database.transaction(async (on) => {
      const found = await requireUser(on, id);
      const disable = event === 'user_disabled';
      if ((found.disabled_at !== null) === disable) return found;
      await endAccess(on, id);
      const changed = await setDisabled(on, id, disable);
      await addUserEvent(on, originOf(context), { event, user: changed, by: actorOf(context) });
      on.afterCommit(() => this.signal.wake());
      return changed;
    });
    this.forget(id);
    return shown(user);
  }

  /** The event reaches the other nodes. */
  private forget(id: string): void {
    this.users.forget(id);
    this.tokens.forget(id);
  }
}

/** Locks the user. @throws DomainError `user_not_found`. */
async function requireUser(on: Executor, id: string): Promise<StoredUser> {
  const user = await lockUser(on, id);
  if (!user) throw authErrors.user_not_found({ id });
  return user;
}

function shown({ password_hash, ...user }: StoredUser): UserAccount {
  return { ...user, has_password: password_hash !== null };
}
