// Changes lock in the order tree, lists, tasks, and tasks by id, but a batch cannot know all that it will need. Where two
// wait for each other, PostgreSQL ends one, and that one is done again from its beginning.
import { setTimeout } from 'node:timers/promises';
import type { TransactionalExecutor } from '@mono/platform';

const ATTEMPTS = 20;
/** After the first failure; longer after each, and never the same for two, which would meet again. */
const PAUSE_MS = 10;
const DEADLOCK_DETECTED = '40P01';

/** The same database; its transactions' work may run several times. */
export function retryDeadlocks(database: TransactionalExecutor): TransactionalExecutor {
  return {
    query: (statement, values) => database.query(statement, values),
    afterCommit: (work) => database.afterCommit(work),
    async transaction(work) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await database.transaction(work);
        } catch (error) {
          if ((error as { code?: unknown }).code !== DEADLOCK_DETECTED || attempt === ATTEMPTS) throw error;
          await setTimeout(Math.random() * PAUSE_MS * attempt);
        }
      }
    },
  };
}
