// Whoever writes entries locks in one order: workspace, person, entry. Where two wait for each other all the same, as an
// exclusion constraint lets them, one is done again.
import { againAfterDeadlock, type TransactionalExecutor } from '@mono/platform';

const PATIENCE = { attempts: 10, pauseMs: 20 };

/** The same database; its transactions' work may run several times. */
export function retryDeadlocks(database: TransactionalExecutor): TransactionalExecutor {
  return {
    query: (statement, values) => database.query(statement, values),
    afterCommit: (work) => database.afterCommit(work),
    transaction: (work) => againAfterDeadlock(() => database.transaction(work), PATIENCE),
  };
}
