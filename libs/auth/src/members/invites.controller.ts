// Invites to a workspace: a link by mail, with which the invited person joins, with an account or without one so far.
import { Controller } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import {
  buildPage,
  InvalidInputError,
  readPageRequest,
  requireVersion,
  type CallContext,
  type InputOf,
  type PublicContext,
} from '@mono/contract';
import { Database, once, Operation, Throttle, type Executor } from '@mono/platform';
import {
  authErrors,
  invitesOperations,
  RememberedUsers,
  type AcceptInvite,
  type Invite,
  type InvitePage,
} from '../../contract/index.js';
import { requireGivable } from '../api-keys/rights.js';
import { PasswordStrength } from '../passwords/password-strength.js';
import { Passwords } from '../passwords/passwords.js';
import { changesOf } from '../persistence/auth-events.js';
import { dropEmailTokens, dropInviteTokens } from '../persistence/email-tokens.js';
import {
  countInvites,
  endInvite,
  findInviteRows,
  insertInvite,
  lockInvite,
  lockInviteTo,
  readInvite,
  renewInvite,
  addInviteEvent,
  type NewInvite,
  type StoredInvite,
} from '../persistence/invites.js';
import { insertMember, readMember } from '../persistence/members.js';
import { holdWorkspace, readWorkspace } from '../persistence/workspaces.js';
import { addUserEvent } from '../persistence/user-events.js';
import { emailKey, findUserByEmail, insertUser, setPasswordByLink, type StoredUser } from '../persistence/users.js';
import { EmailLinks } from '../users/email-links.js';
import { originOf } from '../users/caller.js';
import { requireEnabled } from '../users/end-access.js';
import { requireAttempt, digestOf, SignInThrottle } from '../users/sign-in-throttle.js';
import { requireReach } from './members.controller.js';

const HOUR_MS = 60 * 60 * 1_000;
/** Mails by one workspace. */
const PER_WORKSPACE = { limit: 100, windowMs: HOUR_MS };
/** Mails to one address, by all workspaces. */
const PER_ADDRESS = { limit: 5, windowMs: HOUR_MS };

@Controller()
export class InvitesController {
  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    private readonly links: EmailLinks,
    private readonly passwords: Passwords,
    private readonly strength: PasswordStrength,
    private readonly throttle: Throttle,
    private readonly attempts: SignInThrottle,
    private readonly remembered: RememberedUsers,
  ) {}

  @Operation(invitesOperations.createInvite)
  createInvite(input: InputOf<typeof invitesOperations.createInvite>, context: CallContext): Promise<Invite> {
    const { email, role = 'member' } = input;
    const { workspaceId, kind, id: callerId } = context.principal;
    const work = async (on: Executor): Promise<Invite> => {
      await holdWorkspace(on, workspaceId);
      await requireReach(on, context, [role]);
      await requireGivable(on, context, role);
      const wanted = { workspaceId, email, role, invitedBy: kind === 'user' ? callerId : null };
      const { invite, former } = await makeOrRenew(on, context, wanted);
      // After the invite is locked: a person who accepts it at this moment joins first.
      const user = await findUserByEmail(on, email);
      if (user && (await readMember(on, workspaceId, user.id))) {
        throw authErrors.already_member({ member_id: user.id });
      }
      await this.requireFewMails(workspaceId, email);
      await dropInviteTokens(on, invite.id);
      const token_id = await this.links.make(on, 'invite', { inviteId: invite.id }, email);
      const event = former ? 'invite_renewed' : 'invite_created';
      // Without the address, which only the mail contains.
      const changes = changesOf(['role'], former, invite);
      await addInviteEvent(on, context, invite, { event, token_id, changes });
      on.afterCommit(() => this.signal.wake());
      return shown(invite);
    };
    return once(this.database, invitesOperations.createInvite, context, input, work, { atomic: true });
  }

  @Operation(invitesOperations.findInvites)
  async findInvites(
    query: InputOf<typeof invitesOperations.findInvites>,
    { principal }: CallContext,
  ): Promise<InvitePage> {
    const { workspaceId } = principal;
    const request = readPageRequest(query, ['uuid'], { workspace: workspaceId });
    return buildPage(request, {
      rows: await findInviteRows(this.database, workspaceId, request),
      item: shown,
      key: ({ id }) => [id],
      total: request.countsExactly ? await countInvites(this.database, workspaceId) : undefined,
    });
  }

  @Operation(invitesOperations.getInvite)
  async getInvite({ id }: InputOf<typeof invitesOperations.getInvite>, { principal }: CallContext): Promise<Invite> {
    const invite = await readInvite(this.database, id);
    if (invite?.workspace_id !== principal.workspaceId) throw authErrors.invite_not_found({ id });
    return shown(invite);
  }

  @Operation(invitesOperations.revokeInvite)
  revokeInvite({ id }: InputOf<typeof invitesOperations.revokeInvite>, context: CallContext): Promise<void> {
    return this.database.transaction(async (on) => {
      const invite = await lockInvite(on, id);
      if (invite?.workspace_id !== context.principal.workspaceId) throw authErrors.invite_not_found({ id });
      requireVersion(context, invite);
      await requireReach(on, context, [invite.role]);
      await dropInviteTokens(on, id);
      await addInviteEvent(on, context, await endInvite(on, invite), { event: 'invite_revoked' });
      on.afterCommit(() => this.signal.wake());
    });
  }

  /** The link proves the address: only its owner reads the mail. */
  @Operation(invitesOperations.acceptInvite)
  async acceptInvite(input: InputOf<typeof invitesOperations.acceptInvite>, caller: PublicContext): Promise<void> {
    const { address, invite_id } = await this.links.requireValid('invite', input.token);
    if (invite_id === null) throw authErrors.link_invalid();
    const known = await findUserByEmail(this.database, address);
    if (known) requireEnabled(known);
    const isProven = known !== undefined && known.email_verified_at !== null;
    const password = isProven ? undefined : requireAccount(input);
    if (password !== undefined) await this.attempts.attemptByLink(emailKey(address));
    const passwordHash = password === undefined ? undefined : await this.hashOf(password, address, input.name);
    const userId = await this.database.transaction(async (on) => {
      // The invite before its link, in the order of renewal and revocation.
      const invite = await lockInvite(on, invite_id);
      if (!invite) throw authErrors.link_invalid();
      await this.links.consumeInvite(on, input.token);
      const user = await this.accountOf(on, caller, invite, { input, passwordHash });
      const doer = { principal: { kind: 'user', id: user.id }, ...originOf(caller) } as const;
      await addInviteEvent(on, doer, await endInvite(on, invite), { event: 'invite_accepted' });
      await insertMember(on, doer, { workspaceId: invite.workspace_id, userId: user.id }, invite.role);
      on.afterCommit(() => this.signal.wake());
      return user.id;
    });
    this.remembered.forget(userId);
  }

  /**
   * An account whose address was never proven may be a stranger's, who waits for the address to be proven by its owner:
   * then the password is the one that comes with the link.
   */
  private async accountOf(
    on: Executor,
    caller: PublicContext,
    { email, workspace_id: workspaceId }: StoredInvite,
    { input, passwordHash }: { input: AcceptInvite; passwordHash: string | undefined },
  ): Promise<StoredUser> {
    const { name = email } = input;
    const timezone = input.timezone ?? (await readWorkspace(on, workspaceId))?.timezone ?? 'UTC';
    const found = await findUserByEmail(on, email);
    if (found) requireEnabled(found);
    if (found && found.email_verified_at !== null) return found;
    // The account has gone, or has another address, since the password was asked for.
    if (passwordHash === undefined) throw authErrors.link_invalid();
    const made = found
      ? await setPasswordByLink(on, found.id, email, passwordHash)
      : await insertUser(on, { email, name, timezone, passwordHash, verified: true });
    if (!made) throw authErrors.link_invalid();
    if (found) await dropEmailTokens(on, found.id, ['verify', 'reset']);
    await addUserEvent(on, originOf(caller), { event: found ? 'email_verified' : 'user_created', user: made });
    return made;
  }

  private async hashOf(password: string, email: string, name: string | undefined): Promise<string> {
    await this.strength.requireStrong(password, 'password', { email, name });
    return this.passwords.hash(password);
  }

  private async requireFewMails(workspaceId: string, email: string): Promise<void> {
    await requireAttempt(this.throttle, `invites workspace:${workspaceId}`, PER_WORKSPACE);
    await requireAttempt(this.throttle, `invites address:${digestOf(emailKey(email))}`, PER_ADDRESS);
  }
}

/** A caller that may not give the role of an open invite may not replace the invite either. */
async function makeOrRenew(
  on: Executor,
  context: CallContext,
  wanted: NewInvite,
): Promise<{ invite: StoredInvite; former?: StoredInvite }> {
  for (;;) {
    const made = await insertInvite(on, wanted);
    if (made) return { invite: made };
    const former = await lockInviteTo(on, wanted);
    // Otherwise it has ended between the two statements.
    if (former) {
      if (Date.parse(former.expires_at) > Date.now()) await requireReach(on, context, [former.role]);
      return { invite: await renewInvite(on, former, wanted), former };
    }
  }
}

/** @returns the new account's password. */
function requireAccount({ name, password }: AcceptInvite): string {
  const missing = { code: 'required', issue: 'is required: no account has this address yet' } as const;
  const faults = [
    ...(name === undefined ? [{ field: 'name', ...missing }] : []),
    ...(password === undefined ? [{ field: 'password', ...missing }] : []),
  ];
  if (faults.length > 0 || password === undefined) throw new InvalidInputError(faults);
  return password;
}

function shown({ id, email, role, expires_at, version, created_at, updated_at }: StoredInvite): Invite {
  return { id, email, role, expires_at, version, created_at, updated_at };
}
