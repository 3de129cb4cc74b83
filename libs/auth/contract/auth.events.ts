// The events of this module: subjects `events.auth.v1.<event>` on the stream EVENTS_AUTH. They name credentials and people by their
// ids: no event contains a secret, the hash of one, or an address.
import { defineEvents, EventBody, everyEventOf } from '@mono/contract';

abstract class OfAuth extends EventBody {
  /** The address of the actor, `nats` with or without the NATS user, or `cli`. */
  source: string;
}

abstract class OfWorkspace extends OfAuth {
  workspace_id: string;
}

export class ApiKeyEvent extends OfWorkspace {
  event: 'api_key_created' | 'api_key_updated' | 'api_key_rotated' | 'api_key_revoked';
  aggregate: 'api_key';
}

export class WorkspaceEvent extends OfWorkspace {
  event: 'workspace_created' | 'workspace_updated' | 'workspace_deleted';
  aggregate: 'workspace';
}

export class MemberEvent extends OfWorkspace {
  event: 'member_added' | 'member_updated' | 'member_removed';
  aggregate: 'member';
  /**
   * The membership. A user gets a new one after leaving and returning. `occurred_at` of `member_removed` orders the two: it is after
   * `joined_at` of the membership that ends, and before that of the next one. Modules clear what names the user.
   */
  override aggregate_id: string;
  user_id: string;
}

export class InviteEvent extends OfWorkspace {
  event: 'invite_created' | 'invite_renewed' | 'invite_revoked' | 'invite_accepted' | 'invite_link_shown';
  aggregate: 'invite';
  /** With `invite_created` and `invite_renewed`: names recipient and link to `auth.email_link`. */
  token_id?: string;
}

/** The aggregate is the user. An event that changes no field of the user carries the version that it saw. */
export class UserEvent extends OfAuth {
  event:
    | 'user_created'
    | 'user_updated'
    | 'email_verification_requested'
    | 'email_verified'
    | 'sign_up_repeated'
    | 'signed_in'
    | 'signed_out'
    | 'refresh_token_reused'
    | 'password_reset_requested'
    | 'password_reset'
    | 'password_changed'
    | 'email_change_requested'
    | 'email_changed'
    | 'identity_linked'
    | 'identity_unlinked'
    | 'personal_token_created'
    | 'personal_token_revoked'
    | 'user_disabled'
    | 'user_enabled'
    | 'password_link_created'
    | 'account_deleted';
  aggregate: 'user';
  /** The user, once proven; `system` where it may have been a stranger; a key or `system` for an operator. */
  override actor: { kind: 'user' | 'api_key' | 'system'; id: string };
  /** Empty: no event contains personal data. */
  override changes: Record<string, never>;
  /** With events that cause a mail: names recipient and link to `auth.email_link`. */
  token_id?: string;
  session_id?: string;
  /** With `personal_token_created` and `personal_token_revoked`. */
  personal_token_id?: string;
  /** With `signed_in`: the user has signed in before, but never with this user agent. */
  new_device?: boolean;
  /** With `identity_linked`, `identity_unlinked`, and `signed_in` without a password. */
  provider?: string;
  /** With `user_updated`: the names of the fields. */
  changed?: string[];
  /** With `account_deleted`: the workspaces that the user owned without other members, which are deleted with it. */
  workspace_ids?: string[];
}

/** A sign-in, or a change that asks for the password again, was refused. */
export class SignInEvent extends OfAuth {
  event: 'sign_in_refused';
  aggregate: 'sign_in';
  /** The user whose password was tried; null: no such account. */
  override changes: { user_id: { from: null; to: string | null } };
}

export const authEvents = defineEvents('auth', {
  api_key_created: ApiKeyEvent,
  api_key_updated: ApiKeyEvent,
  api_key_rotated: ApiKeyEvent,
  api_key_revoked: ApiKeyEvent,
  workspace_created: WorkspaceEvent,
  workspace_updated: WorkspaceEvent,
  workspace_deleted: WorkspaceEvent,
  member_added: MemberEvent,
  member_updated: MemberEvent,
  member_removed: MemberEvent,
  invite_created: InviteEvent,
  invite_renewed: InviteEvent,
  invite_revoked: InviteEvent,
  invite_accepted: InviteEvent,
  invite_link_shown: InviteEvent,
  user_created: UserEvent,
  user_updated: UserEvent,
  email_verification_requested: UserEvent,
  email_verified: UserEvent,
  sign_up_repeated: UserEvent,
  signed_in: UserEvent,
  signed_out: UserEvent,
  refresh_token_reused: UserEvent,
  password_reset_requested: UserEvent,
  password_reset: UserEvent,
  password_changed: UserEvent,
  email_change_requested: UserEvent,
  email_changed: UserEvent,
  identity_linked: UserEvent,
  identity_unlinked: UserEvent,
  personal_token_created: UserEvent,
  personal_token_revoked: UserEvent,
  user_disabled: UserEvent,
  user_enabled: UserEvent,
  password_link_created: UserEvent,
  account_deleted: UserEvent,
  sign_in_refused: SignInEvent,
});

export const everyAuthEvent = everyEventOf(authEvents);

/** The events with which workspaces are erased. */
export const erasingEvents = [authEvents.account_deleted, authEvents.workspace_deleted] as const;

/** Their fields that matter for it. */
export type ErasingEvent =
  | (Pick<WorkspaceEvent, 'aggregate_id'> & { event: 'workspace_deleted' })
  | (Pick<UserEvent, 'workspace_ids'> & { event: 'account_deleted' });

/** @returns the ids of the workspaces to erase. */
export function workspacesErasedBy(event: ErasingEvent): readonly string[] {
  return event.event === 'workspace_deleted' ? [event.aggregate_id] : (event.workspace_ids ?? []);
}
