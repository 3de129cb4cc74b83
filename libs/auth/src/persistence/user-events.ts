// Writes the events about users to the outbox, in the transaction of the change.
import { outbox, type Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import { authEvents, type UserEvent } from '../../contract/index.js';
import { originOfEvent } from './auth-events.js';

/** The place and the request of a change. */
export interface Origin {
  requestId: string;
  /** An address, `nats` with or without the NATS user, or `cli`. */
  source: string;
}

const ANYBODY = { kind: 'system', id: 'anybody' } as const;

type Facts = Pick<
  UserEvent,
  'token_id' | 'session_id' | 'personal_token_id' | 'new_device' | 'provider' | 'changed' | 'workspace_ids'
>;

export interface NewUserEvent extends Facts {
  event: UserEvent['event'];
  /** At the version after the change, or at the one that was seen. */
  user: { id: string; version: number };
  /** Whether a stranger may have asked: the caller has not proven to be the user. */
  byStranger?: boolean;
  /** Default: the user, or a stranger. */
  by?: UserEvent['actor'];
}

export async function addUserEvent(
  on: Executor,
  origin: Origin,
  { event, user, byStranger = false, by, ...facts }: NewUserEvent,
): Promise<void> {
  const principal = by ?? (byStranger ? ANYBODY : ({ kind: 'user', id: user.id } as const));
  const about = { aggregate: 'user', aggregate_id: user.id, version: user.version, changes: {} } as const;
  await outbox.add(on, authEvents[event], { ...facts, ...about, ...originOfEvent({ ...origin, principal }) });
}

/** @param userId of the password that was tried; undefined: no such account. */
export async function addSignInRefusal(on: Executor, origin: Origin, userId: string | undefined): Promise<void> {
  await outbox.add(on, authEvents.sign_in_refused, {
    aggregate: 'sign_in',
    aggregate_id: uuidv7(),
    version: 1,
    changes: { user_id: { from: null, to: userId ?? null } },
    ...originOfEvent({ ...origin, principal: ANYBODY }),
  });
}
