// What is written at most once for an Idempotency-Key, in a transaction, and told of when it is committed.
import type { CallContext, Replayable } from '@mono/contract';
import { idempotently, type Executor } from '@mono/platform';
import type { EntriesParts } from './entries-parts.js';

export function once<T>(
  { database, signal }: EntriesParts,
  context: CallContext,
  operation: string,
  input: object,
  work: (on: Executor) => Promise<T>,
): Promise<Replayable<T>> {
  const telling = (on: Executor): Promise<T> => {
    on.afterCommit(() => signal.wake());
    return work(on);
  };
  return idempotently(database, context, `time_tracking.${operation}`, within(context, input), telling, {
    atomic: true,
  });
}

/** What decides about a repeat: a stored answer is not shown to a caller who has been limited since. */
function within({ principal }: CallContext, input: object): object {
  return principal.listIds === undefined ? input : { input, list_ids: principal.listIds };
}
