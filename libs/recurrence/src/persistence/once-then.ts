// Work that happens once per `Idempotency-Key`, followed by work outside of its transaction.
import type { AnyOperation, CallContext } from '@mono/contract';
import { once, type Executor, type TransactionalExecutor } from '@mono/platform';

/** @param follow is skipped when the reply is the stored one of an earlier call. */
export async function onceThen<T>(
  database: TransactionalExecutor,
  operation: AnyOperation,
  call: CallContext,
  input: unknown,
  work: (on: Executor) => Promise<T>,
  follow: (made: T) => Promise<T>,
): Promise<T> {
  let worked = false;
  const run = (on: Executor): Promise<T> => {
    worked = true;
    return work(on);
  };
  const made = await once(database, operation, call, input, run, { atomic: true });
  return worked ? follow(made) : made;
}
