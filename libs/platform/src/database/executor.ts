// What stores see of the database: statements in, rows out, inside a transaction or not.
import type { CallContext } from '@mono/contract';

/** A statement with a name is prepared once per connection; leave the name out where a generic plan would be wrong. */
export interface Statement {
  name?: string;
  text: string;
}

export interface Executor {
  /** Runs one statement. Instants (timestamptz) come as RFC 3339 text in UTC with milliseconds. @throws pg's DatabaseError as it is; UnavailableError when the database is away. */
  query<Row extends object>(statement: Statement | string, values?: readonly unknown[]): Promise<Row[]>;
  /** Runs `work` once the change is committed: at once outside a transaction, never after a rollback. */
  afterCommit(work: () => void): void;
}

/** An executor that can open transactions: a module's own database. */
export interface TransactionalExecutor extends Executor {
  /** Runs `work` in one READ COMMITTED transaction; rolls back when it throws. */
  transaction<T>(work: (transaction: Executor) => Promise<T>): Promise<T>;
}

/** A query whose cost depends on what is asked, so that a single caller could hold the database against all others. */
export interface ExpensiveQuery {
  /** For the metrics: one of few words, such as `search`. */
  kind: string;
  context: Pick<CallContext, 'principal' | 'deadline' | 'signal'>;
  /** How long the database may work on one of its statements. */
  limitMs: number;
  /** Told to a caller whose query takes longer: what to narrow. */
  tooExpensive: string;
  /** Settings of PostgreSQL for its transaction, such as `work_mem`. */
  settings?: Readonly<Record<string, string>>;
}

/** An executor that shares its connections fairly among workspaces. */
export interface SharingExecutor extends TransactionalExecutor {
  /**
   * Runs `work` in a transaction of one of the few places that expensive queries have, when it is the workspace's turn.
   * Ends it when the caller has gone.
   * @param work takes the database's time, in milliseconds since 1970.
   * @throws DomainError `query_too_expensive` (422: the same question will not do better; a narrower one will);
   * `rate_limited` (429) where the workspace has as many running and waiting as it may.
   */
  expensive<T>(query: ExpensiveQuery, work: (transaction: Executor, now: number) => Promise<T>): Promise<T>;
}
