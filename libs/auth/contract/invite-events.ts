// The events about an invitation that are told by mail: subjects `events.auth.v1.invite_created` and `…invite_renewed`. They
// carry ids only: who sends the mail asks for address, link and who invites by `auth.email_link`, when it is sent.
import type { AuthEvent } from './events.js';

export interface InviteEvent extends Omit<AuthEvent, 'event' | 'aggregate'> {
  event: 'invite_created' | 'invite_renewed';
  aggregate: 'invite';
  /** For `auth.email_link`. */
  token_id: string;
}
