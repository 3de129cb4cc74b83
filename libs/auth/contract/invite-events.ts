// The event about an invitation that is told by mail: subject `events.auth.v1.invite_created`. It carries ids only: who
// sends the mail asks for address, link and who invites by `auth.email_link`, when it is sent.
import type { AuthEvent } from './events.js';

export interface InviteEvent extends Omit<AuthEvent, 'event' | 'aggregate'> {
  event: 'invite_created';
  aggregate: 'invite';
  /** For `auth.email_link`. */
  token_id: string;
}
