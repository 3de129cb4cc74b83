// What is written at most once for an Idempotency-Key, in a transaction, and told of when it is committed.
import type { AnyOperation, CallContext } from '@mono/contract';
import { once, type Executor } from '@mono/platform';
import type { EntriesParts } from './entries-parts.js';

export function writeOnce<T>(
  { database, signal }: EntriesParts,
  operation: AnyOperation,
  call: CallContext,
  input: object,
  work: (on: Executor) => Promise<T>,
): Promise<T> {
  const telling = (on: Executor): Promise<T> => {
    on.afterCommit(() => signal.wake());
    return work(on);
  };
  return once(database, operation, call, within(call, input), telling, { atomic: true });
}

/** What decides about a repeat: a stored answer is not shown to a caller who has been limited since. */
function within({ principal }: CallContext, input: object): object {
  return principal.listIds === undefined ? input : { input, list_ids: principal.listIds };
}
