// The signed-in user: who they are, where they are signed in, and the end of it.
import { ConflictError, NotFoundError, VersionConflictError, type CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import {
  accessTokenRefused,
  type DeleteMe,
  type SessionPage,
  type User,
  type UserPatch,
} from '../../contract/index.js';
import { deleteEmailTokens } from '../persistence/email-tokens.js';
import { removeMembership } from '../members/lost-role.js';
import { deleteWorkspaces, lockStakes, readMember } from '../persistence/members.js';
import { findSessions, MAX_SESSIONS } from '../persistence/sessions.js';
import { tell } from '../persistence/user-events.js';
import {
  deleteUser,
  findMemberships,
  findUser,
  lockUser,
  updateProfile,
  type StoredUser,
} from '../persistence/users.js';
import { requireStill, type ChangePassword } from './change-password.js';
import type { SignIn } from './sign-in.js';
import { originOf, signedIn, type UsersParts } from './users-parts.js';

export class Me {
  constructor(
    private readonly parts: UsersParts,
    private readonly passwords: Pick<ChangePassword, 'requirePassword'>,
    private readonly sessions: Pick<SignIn, 'end'>,
  ) {}

  async get(context: CallContext): Promise<User> {
    const { database } = this.parts;
    const user = await findUser(database, signedIn(context).userId);
    if (!user) throw accessTokenRefused();
    return shown(database, user);
  }

  update(context: CallContext, patch: UserPatch): Promise<User> {
    const { database, signal } = this.parts;
    const { userId } = signedIn(context);
    return database.transaction(async (on) => {
      const user = await requireVersion(on, context, userId);
      const fields = { name: patch.name ?? user.name, timezone: patch.timezone ?? user.timezone };
      const changed = (['name', 'timezone'] as const).filter((field) => fields[field] !== user[field]);
      if (changed.length === 0) return shown(on, user);
      const updated = await updateProfile(on, userId, fields);
      if (!updated) throw new Error('A locked user has changed.');
      await tell(on, originOf(context), { event: 'user_updated', user: updated, changed });
      on.afterCommit(() => signal.wake());
      return shown(on, updated);
    });
  }

  /** With the workspaces in which nobody else is; the default workspace stays, for who comes next. */
  async delete(context: CallContext, { password }: DeleteMe): Promise<void> {
    const { database, links, remembered, signal } = this.parts;
    const { userId } = signedIn(context);
    const compared = await this.passwords.requirePassword(context, password);
    await database.transaction(async (on) => {
      const user = await requireVersion(on, context, userId);
      requireStill(compared, user);
      const stakes = await lockStakes(on, userId);
      const left = stakes.find(({ is_owner, others, other_owners }) => is_owner && others > 0 && other_owners === 0);
      if (left) {
        const message = 'You are the only owner of a workspace with other members: make one of them owner first.';
        throw new ConflictError('last_owner', message, { workspace_id: left.workspace_id });
      }
      const workspace_ids = stakes
        .filter(({ others, is_default }) => others === 0 && !is_default)
        .map(({ workspace_id }) => workspace_id);
      for (const { workspace_id } of stakes.filter(({ others, is_default }) => others > 0 || is_default)) {
        const member = await readMember(on, workspace_id, userId);
        if (member) await removeMembership(on, context, workspace_id, member);
      }
      await deleteEmailTokens(on, userId);
      await deleteUser(on, userId);
      await deleteWorkspaces(on, workspace_ids);
      const token_id = await links.make(on, 'notice', userId, user.email);
      const gone = { id: userId, version: user.version + 1 };
      await tell(on, originOf(context), { event: 'account_deleted', user: gone, token_id, workspace_ids });
      on.afterCommit(() => signal.wake());
    });
    remembered.forget(userId);
  }

  async findSessions(context: CallContext): Promise<SessionPage> {
    const { userId, sessionId } = signedIn(context);
    const rows = await findSessions(this.parts.database, userId);
    const items = rows.map((row) => Object.assign(row, { current: row.id === sessionId }));
    return { items, page: { limit: MAX_SESSIONS, next_cursor: null, total: null } };
  }

  async revokeSession(context: CallContext, id: string): Promise<void> {
    if (!(await this.sessions.end(context, id))) throw new NotFoundError('session', id);
  }
}

/** Locks the user. @throws VersionConflictError */
async function requireVersion(on: Executor, { expectedVersion }: CallContext, userId: string): Promise<StoredUser> {
  const user = await lockUser(on, userId);
  if (!user) throw accessTokenRefused();
  if (expectedVersion !== undefined && expectedVersion !== user.version) throw new VersionConflictError(user.version);
  return user;
}

async function shown(on: Executor, user: StoredUser): Promise<User> {
  const { id, email, name, timezone, email_verified_at, password_hash, version, created_at, updated_at } = user;
  const has_password = password_hash !== null;
  const workspaces = await findMemberships(on, id);
  return { id, email, name, timezone, email_verified_at, has_password, workspaces, version, created_at, updated_at };
}
