// What stores see of the database: statements in, rows out, inside a transaction or not.

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
