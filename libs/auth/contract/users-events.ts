// The events about users: subjects `events.auth.v1.<event>` on the stream EVENTS_AUTH. They carry ids only: who sends a mail
// asks for address and link by `auth.email_link`, or for the address by `auth.contact`, when it is sent.

export const USER_EVENTS = [
  'user_created',
  'user_updated',
  'email_verification_requested',
  'email_verified',
  'sign_up_repeated',
  'signed_in',
  'signed_out',
  'refresh_token_reused',
  'password_reset_requested',
  'password_reset',
  'password_changed',
  'email_change_requested',
  'email_changed',
  'identity_linked',
  'identity_unlinked',
  'account_deleted',
] as const;
export type UserEventName = (typeof USER_EVENTS)[number];

/** Somebody was refused at a sign-in, or at a change that asks for the password again. */
export interface SignInEvent extends Omit<UserEvent, 'event' | 'aggregate' | 'changes'> {
  event: 'sign_in_refused';
  aggregate: 'sign_in';
  /** Whose password it was not; null where there is no such account. */
  changes: { user_id: { from: null; to: string | null } };
}

/** The JSON body of an event. */
export interface UserEvent {
  /** UUIDv7; also the message's `Nats-Msg-Id`. */
  id: string;
  event: UserEventName;
  aggregate: 'user';
  /** The user. */
  aggregate_id: string;
  /** The user's version after the change. What changes no field of the user carries the version it saw. */
  version: number;
  /** RFC 3339, UTC. */
  occurred_at: string;
  /** The user, once proven; `system` where a stranger may have asked. */
  actor: { kind: 'user' | 'system'; id: string };
  request_id: string;
  /** Where the actor spoke from: an address, `nats` or `cli`. */
  source: string;
  /** None: fields of people are not told. */
  changes: Record<string, never>;
  /** Of what is told by mail: names address and link, if there is one, to `auth.email_link`. */
  token_id?: string;
  session_id?: string;
  /** With `signed_in`: the user has signed in before, but never with this user agent. */
  new_device?: boolean;
  /** With whom the user signs in: of `identity_linked`, `identity_unlinked`, and of `signed_in` without a password. */
  provider?: string;
  /** With `user_updated`: the names of the fields. */
  changed?: string[];
  /** With `account_deleted`: the workspaces that went with it, as nobody else was in them. */
  workspace_ids?: string[];
  /** W3C, where calls are traced. */
  traceparent?: string;
}
