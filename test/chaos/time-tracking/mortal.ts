// A database whose node kills itself with -9 after a given statement of a transaction that writes history.
import type { Database, Executor, Statement } from '@mono/platform';

/** @param diesAfter the statement from 1, including the commit. NaN: never, but prints each new count to standard output. */
export function mortal(database: Database, diesAfter: number): Database {
  let most = 0;
  const answered = (count: number): void => {
    if (count === diesAfter) process.kill(process.pid, 'SIGKILL');
    if (count > most) process.stdout.write(`statement ${count}\n`);
    most = Math.max(count, most);
  };
  const transaction = async <T>(work: (on: Executor) => Promise<T>): Promise<T> => {
    const counting = { count: 0, isHistory: false };
    const result = await database.transaction((on) => work(counted(on, counting, answered)));
    if (counting.isHistory) answered(counting.count + 1);
    return result;
  };
  return new Proxy(database, {
    get: (target, name) => (name === 'transaction' ? transaction : Reflect.get(target, name, target)),
  });
}

function counted(
  on: Executor,
  counting: { count: number; isHistory: boolean },
  answered: (count: number) => void,
): Executor {
  return {
    async query<Row extends object>(statement: Statement | string, values?: readonly unknown[]) {
      const rows = await on.query<Row>(statement, values);
      // Such a transaction starts with a prepared statement; a rebuild does not.
      counting.isHistory ||= counting.count === 0 && typeof statement === 'object';
      counting.count += 1;
      if (counting.isHistory) answered(counting.count);
      return rows;
    },
    afterCommit: (work) => on.afterCommit(work),
  };
}
