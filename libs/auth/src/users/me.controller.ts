// The signed-in user: profile, sessions, and the deletion of the account.
import { Controller } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import { requireVersion, type CallContext, type InputOf } from '@mono/contract';
import { Database, Operation, type Executor } from '@mono/platform';
import {
  authErrors,
  invalidAccessToken,
  meOperations,
  RememberedUsers,
  type SessionPage,
  type User,
} from '../../contract/index.js';
import { findSessions, MAX_SESSIONS } from '../persistence/sessions.js';
import { addUserEvent } from '../persistence/user-events.js';
import { findMemberships, findUser, lockUser, updateProfile, type StoredUser } from '../persistence/users.js';
import { boundWorkspace, outsideOfToken } from '../personal-tokens/bound-workspace.js';
import { originOf, signedIn, userOf } from './caller.js';
import { deleteAccount } from './delete-account.js';
import { EmailLinks } from './email-links.js';
import { PasswordCheck, requireStill } from './password-check.js';
import { Sessions } from './sessions.js';

@Controller()
export class MeController {
  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    private readonly remembered: RememberedUsers,
    private readonly check: PasswordCheck,
    private readonly links: EmailLinks,
    private readonly sessions: Sessions,
  ) {}

  @Operation(meOperations.getMe)
  async getMe(_input: undefined, context: CallContext): Promise<User> {
    const user = await findUser(this.database, userOf(context));
    if (!user) throw invalidAccessToken();
    return shown(this.database, user, await boundWorkspace(this.database, context));
  }

  @Operation(meOperations.updateMe)
  updateMe({ patch }: InputOf<typeof meOperations.updateMe>, context: CallContext): Promise<User> {
    const userId = userOf(context);
    return this.database.transaction(async (on) => {
      if ((await boundWorkspace(on, context)) !== null) throw outsideOfToken();
      const user = await lockOwn(on, context, userId);
      const fields = { name: patch.name ?? user.name, timezone: patch.timezone ?? user.timezone };
      const changed = (['name', 'timezone'] as const).filter((field) => fields[field] !== user[field]);
      if (changed.length === 0) return shown(on, user);
      const updated = await updateProfile(on, userId, fields);
      if (!updated) throw new Error('Invariant violated: a locked user has changed.');
      await addUserEvent(on, originOf(context), { event: 'user_updated', user: updated, changed });
      on.afterCommit(() => this.signal.wake());
      return shown(on, updated);
    });
  }

  @Operation(meOperations.deleteMe)
  async deleteMe({ password }: InputOf<typeof meOperations.deleteMe>, context: CallContext): Promise<void> {
    const { userId } = signedIn(context);
    const compared = await this.check.requirePassword(context, password);
    await this.database.transaction(async (on) => {
      const user = await lockOwn(on, context, userId);
      requireStill(compared, user);
      await deleteAccount(on, context, user, this.links);
      on.afterCommit(() => this.signal.wake());
    });
    this.remembered.forget(userId);
  }

  @Operation(meOperations.findSessions)
  async findSessions(_input: undefined, context: CallContext): Promise<SessionPage> {
    const { userId, sessionId } = signedIn(context);
    const rows = await findSessions(this.database, userId);
    const items = rows.map((row) => Object.assign(row, { current: row.id === sessionId }));
    return { items, page: { limit: MAX_SESSIONS, next_cursor: null, total: null } };
  }

  @Operation(meOperations.revokeSession)
  async revokeSession({ id }: InputOf<typeof meOperations.revokeSession>, context: CallContext): Promise<void> {
    if (!(await this.sessions.end(context, id))) throw authErrors.session_not_found({ id });
  }
}

/** Locks the user. @throws VersionConflictError */
async function lockOwn(on: Executor, context: CallContext, userId: string): Promise<StoredUser> {
  const user = await lockUser(on, userId);
  if (!user) throw invalidAccessToken();
  requireVersion(context, user);
  return user;
}

/** @param only the workspace that the caller is limited to; null: none. */
async function shown(on: Executor, user: StoredUser, only: string | null = null): Promise<User> {
  const { id, email, name, timezone, email_verified_at, password_hash, version, created_at, updated_at } = user;
  const has_password = password_hash !== null;
  const all = await findMemberships(on, id);
  const workspaces = only === null ? all : all.filter((one) => one.id === only);
  return { id, email, name, timezone, email_verified_at, has_password, workspaces, version, created_at, updated_at };
}
