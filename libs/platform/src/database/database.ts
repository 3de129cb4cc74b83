// A module's own database: its schema, its pool, its migrations. Statements go straight through TypeORM's pg pool,
// because its repositories cost two thirds of the throughput (libs/platform/decisions/0001-sql-in-stores.md).
import { DataSource } from 'typeorm';
import type { Pool, PoolClient } from 'pg';
import { ROW_TYPES } from './instant-text.js';
import { translatePgError } from './pg-errors.js';
import type { Executor, Statement, TransactionalExecutor } from './executor.js';

type Queryable = Pick<Pool, 'query'> | Pick<PoolClient, 'query'>;

async function run<Row extends object>(on: Queryable, statement: Statement | string, values: readonly unknown[] = []) {
  const { name, text } = typeof statement === 'string' ? { text: statement, name: undefined } : statement;
  try {
    const result = await on.query<Row>({
      ...(name ? { name } : {}),
      text,
      values: values as unknown[],
      types: ROW_TYPES,
    });
    return result.rows;
  } catch (error) {
    throw translatePgError(error);
  }
}

class Transaction implements Executor {
  private readonly committed: (() => void)[] = [];

  constructor(private readonly client: PoolClient) {}

  query<Row extends object>(statement: Statement | string, values?: readonly unknown[]): Promise<Row[]> {
    return run<Row>(this.client, statement, values);
  }

  afterCommit(work: () => void): void {
    this.committed.push(work);
  }

  notifyCommitted(): void {
    for (const work of this.committed) work();
  }
}

export class Database implements TransactionalExecutor {
  constructor(readonly dataSource: DataSource) {}

  /** TypeORM's own pg pool. Its metrics and relays that need a connection of their own use it directly. */
  get pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }

  query<Row extends object>(statement: Statement | string, values?: readonly unknown[]): Promise<Row[]> {
    return run<Row>(this.pool, statement, values);
  }

  afterCommit(work: () => void): void {
    work();
  }

  async transaction<T>(work: (transaction: Executor) => Promise<T>): Promise<T> {
    const client = await this.pool.connect().catch((error: unknown) => {
      throw translatePgError(error);
    });
    let broken: Error | undefined;
    // A connection that is lost while it is out of the pool tells so by an event too, which nobody else hears: unheard it
    // would end the process. The statement under way, or the next one, fails with the same error.
    const onLost = (error: Error): void => {
      broken = error;
    };
    client.on('error', onLost);
    try {
      const transaction = new Transaction(client);
      await transaction.query('BEGIN');
      try {
        const result = await work(transaction);
        await transaction.query('COMMIT');
        transaction.notifyCommitted();
        return result;
      } catch (error) {
        await client.query('ROLLBACK').catch((rollbackError: Error) => {
          broken = rollbackError;
        });
        throw error;
      }
    } finally {
      client.removeListener('error', onLost);
      client.release(broken);
    }
  }
}
