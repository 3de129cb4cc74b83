// A module's database for changes that lock many rows: where two wait for each other, one is done again.
import { Inject, Injectable } from '@nestjs/common';
import { againAfterDeadlock } from './again-after-deadlock.js';
import { Database } from './database.js';
import type { Executor, Statement, TransactionalExecutor } from './executor.js';

const PATIENCE = { attempts: 20, pauseMs: 10 };

/** The same database; the work of its transactions may run several times. */
@Injectable()
export class RetryingDatabase implements TransactionalExecutor {
  constructor(@Inject(Database) private readonly database: TransactionalExecutor) {}

  query<Row extends object>(statement: Statement | string, values?: readonly unknown[]): Promise<Row[]> {
    return this.database.query<Row>(statement, values);
  }

  afterCommit(work: () => void): void {
    this.database.afterCommit(work);
  }

  transaction<T>(work: (on: Executor) => Promise<T>): Promise<T> {
    return againAfterDeadlock(() => this.database.transaction(work), PATIENCE);
  }
}
