import type { Executor, TransactionalExecutor } from '@mono/platform';

/** Runs `work` in a transaction: the one that is under way, or one of its own. */
export function inTransaction<T>(
  on: Executor | TransactionalExecutor,
  work: (transaction: Executor) => Promise<T>,
): Promise<T> {
  return 'transaction' in on ? on.transaction(work) : work(on);
}
