// The events about members and invites: subjects `events.auth.v1.<event>` on the stream EVENTS_AUTH.
import type { AuthEvent } from './events.js';

export const MEMBER_EVENTS = ['member_added', 'member_updated', 'member_removed'] as const;
export type MemberEventName = (typeof MEMBER_EVENTS)[number];

export const INVITE_EVENTS = ['invite_created', 'invite_renewed', 'invite_revoked', 'invite_accepted'] as const;
export type InviteEventName = (typeof INVITE_EVENTS)[number];

export interface MemberEvent extends Omit<AuthEvent, 'event' | 'aggregate'> {
  event: MemberEventName;
  aggregate: 'member';
  /**
   * The membership: a user who leaves and comes back has another one. `occurred_at` of `member_removed` orders the two: it
   * is after `joined_at` of the membership that ends, and before that of the next one. Modules clear what names the user.
   */
  aggregate_id: string;
  user_id: string;
}

export interface InviteEvent extends Omit<AuthEvent, 'event' | 'aggregate'> {
  event: InviteEventName;
  aggregate: 'invite';
  /** With `invite_created` and `invite_renewed`: names address and link to `auth.email_link`. */
  token_id?: string;
}
