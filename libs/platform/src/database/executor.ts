// The database as stores see it: runs statements inside or outside of a transaction.
import type { CallContext } from '@mono/contract';

/** A statement with a name is prepared once per connection. Omit the name if a generic plan would be wrong. */
export interface Statement {
  name?: string;
  text: string;
}

export interface Executor {
  /**
   * Runs one statement. Instants (timestamptz) are returned as RFC 3339 text in UTC with milliseconds.
   * @throws pg's DatabaseError unchanged; UnavailableError if the database is unavailable.
   */
  query<Row extends object>(statement: Statement | string, values?: readonly unknown[]): Promise<Row[]>;
  /** Runs `work` once the change is committed: at once outside a transaction, never after a rollback. */
  afterCommit(work: () => void): void;
}

/** An executor that can open transactions: a module's own database. */
export interface TransactionalExecutor extends Executor {
  /** Runs `work` in a READ COMMITTED transaction, which is rolled back on an error. */
  transaction<T>(work: (transaction: Executor) => Promise<T>): Promise<T>;
}

/** A query whose cost depends on its input, so that a single caller could block all others. */
export interface ExpensiveQuery {
  /** A label for metrics with few values, such as `search`. */
  kind: string;
  context: Pick<CallContext, 'principal' | 'deadline' | 'signal'>;
  /** The timeout of each of its statements. */
  limitMs: number;
  /** The message for a caller whose query exceeds the limit: what to narrow. */
  tooExpensive: string;
  /** Settings of PostgreSQL for its transaction, such as `work_mem`. */
  settings?: Readonly<Record<string, string>>;
}

/** An executor that shares its connections fairly among workspaces. */
export interface SharingExecutor extends TransactionalExecutor {
  /**
   * Runs `work` in a transaction on one of the places for expensive queries, in the workspace's turn. Cancels it if the caller
   * disconnects.
   * @param work receives the database's time in milliseconds since 1970.
   * @throws DomainError `query_too_expensive` (422: only a narrower query may succeed); `rate_limited` (429) if the workspace
   * has too many running and waiting queries.
   */
  expensive<T>(query: ExpensiveQuery, work: (transaction: Executor, now: number) => Promise<T>): Promise<T>;
}
