// The events of auth that mails are about, as contracts: their bodies carry ids only.
import { defineEvent, type EventContract } from '@mono/bus';
import type { InviteEvent, UserEvent } from '@mono/auth/contract';

/** What mails need of an event. */
export class AccountEvent {
  /** UUIDv7. */
  id: string;
  event: UserEvent['event'] | InviteEvent['event'];
  /** The user, or the invitation. */
  aggregate_id: string;
  /** RFC 3339, UTC. */
  occurred_at: string;
  request_id: string;
  /** Where the actor spoke from: an address, `nats` or `cli`. */
  source: string;
  /** Of what names address and link. */
  token_id?: string;
  /** With `signed_in`. */
  new_device?: boolean;
}

export function accountEvent(name: AccountEvent['event']): EventContract<AccountEvent> {
  return defineEvent({ module: 'auth', name, event: AccountEvent });
}
