// Changes lock in the order tree, lists, tasks, and tasks by id, but a batch cannot know all that it will need. Where two
// wait for each other, one is done again.
import { againAfterDeadlock, type TransactionalExecutor } from '@mono/platform';

const PATIENCE = { attempts: 20, pauseMs: 10 };

/** The same database; its transactions' work may run several times. */
export function retryDeadlocks(database: TransactionalExecutor): TransactionalExecutor {
  return {
    query: (statement, values) => database.query(statement, values),
    afterCommit: (work) => database.afterCommit(work),
    transaction: (work) => againAfterDeadlock(() => database.transaction(work), PATIENCE),
  };
}
