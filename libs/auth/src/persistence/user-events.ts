// The events about users as rows of the outbox, written in the transaction of what they tell of.
import type { Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import type { UserEvent, UserEventName } from '../../contract/index.js';
import { writeEvent, type Doer } from './auth-events.js';

/** From where, and in which request, something was done. */
export interface Origin {
  requestId: string;
  /** An address, `nats` or `cli`. */
  source: string;
}

const ANYBODY = { kind: 'system', id: 'anybody' } as const;

type Facts = Pick<UserEvent, 'token_id' | 'session_id' | 'new_device' | 'provider' | 'changed' | 'workspace_ids'>;

export interface Told extends Facts {
  event: UserEventName;
  /** At the version after the change, or at the one that was seen. */
  user: { id: string; version: number };
  /** A stranger may have asked: nobody has proven to be the user. */
  byStranger?: boolean;
  /** Where it is neither the user nor a stranger. */
  by?: Doer['principal'];
}

export async function tell(on: Executor, { requestId, source }: Origin, told: Told): Promise<void> {
  const { user, byStranger = false, by, ...facts } = told;
  const principal = by ?? (byStranger ? ANYBODY : ({ kind: 'user', id: user.id } as const));
  const about = { aggregate: 'user', aggregate_id: user.id, version: user.version, changes: {} } as const;
  await writeEvent(on, { principal, requestId, source }, { ...facts, ...about });
}

/** Somebody was refused. @param userId whose password it was not; undefined where there is no such account. */
export async function tellRefusal(
  on: Executor,
  { requestId, source }: Origin,
  userId: string | undefined,
): Promise<void> {
  const changes = { user_id: { from: null, to: userId ?? null } };
  const about = { aggregate: 'sign_in', aggregate_id: uuidv7(), version: 1, changes } as const;
  await writeEvent(on, { principal: ANYBODY, requestId, source }, { event: 'sign_in_refused', ...about });
}
