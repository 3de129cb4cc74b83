// A module's own database: its schema, its pool, its migrations. Statements go straight through TypeORM's pg pool,
// because its repositories cost two thirds of the throughput (libs/platform/decisions/0001-sql-in-stores.md).
import pg, { DatabaseError, Pool, type PoolClient, type PoolConfig } from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { DomainError } from '@mono/contract';
import { currentShareKey, shareKeyOf } from './acting-workspace.js';
import { callerGone, ConnectionShares, type ShareCounts } from './connection-shares.js';
import type { Executor, ExpensiveQuery, SharingExecutor, Statement } from './executor.js';
import type { Lane } from './fair-queue.js';
import { ROW_TYPES } from './instant-text.js';
import { DiskFullError, translatePgError } from './pg-errors.js';

/** SQLSTATE query_canceled: here, statement_timeout or a caller who has disconnected. */
const QUERY_CANCELED = '57014';
/** For pools that set no timeout. */
const DEFAULT_WAIT_MS = 60_000;

type Queryable = Pick<Pool, 'query'> | Pick<PoolClient, 'query'>;
type PostgresOptions = Omit<Extract<DataSourceOptions, { type: 'postgres' }>, 'type' | 'driver'>;

/** Writes a temporary megabyte, which fails like any other write. */
const TRIAL_WRITE = `CREATE TEMPORARY TABLE disk_trial ON COMMIT DROP AS
  SELECT repeat(md5(n::text), 60) FROM generate_series(1, 512) AS n`;

interface Trouble {
  diskFull: boolean;
}

async function run<Row extends object>(
  on: Queryable,
  trouble: Trouble,
  statement: Statement | string,
  values: readonly unknown[] = [],
) {
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
    const translated = translatePgError(error);
    if (translated instanceof DiskFullError) trouble.diskFull = true;
    throw translated;
  }
}

class Transaction implements Executor {
  private readonly committed: (() => void)[] = [];

  constructor(
    private readonly client: PoolClient,
    private readonly trouble: Trouble,
  ) {}

  query<Row extends object>(statement: Statement | string, values?: readonly unknown[]): Promise<Row[]> {
    return run<Row>(this.client, this.trouble, statement, values);
  }

  afterCommit(work: () => void): void {
    this.committed.push(work);
  }

  notifyCommitted(): void {
    for (const work of this.committed) work();
  }
}

export class Database implements SharingExecutor {
  private readonly shares: ConnectionShares;
  private readonly trouble: Trouble = { diskFull: false };

  private constructor(
    readonly dataSource: DataSource,
    /** The pool of the data source. Metrics, and relays that need a connection of their own, use it directly. */
    readonly pool: Pool,
  ) {
    const { max, connectionTimeoutMillis } = pool.options;
    this.shares = new ConnectionShares({ connections: max, waitMs: connectionTimeoutMillis || DEFAULT_WAIT_MS });
  }

  /** Opens a data source. @throws pg's connection errors as they are. */
  static async open(options: PostgresOptions): Promise<Database> {
    const opened: Pool[] = [];
    // TypeORM opens its pool through the driver, and does not hand it out.
    class RecordedPool extends Pool {
      constructor(config?: PoolConfig) {
        super(config);
        opened.push(this);
      }
    }
    const driver = { ...pg, Pool: RecordedPool };
    const dataSource = await new DataSource({ ...options, type: 'postgres', driver }).initialize();
    const [pool] = opened;
    if (!pool) throw new Error('Invariant violated: the data source has opened no pool.');
    return new Database(dataSource, pool);
  }

  query<Row extends object>(statement: Statement | string, values?: readonly unknown[]): Promise<Row[]> {
    const { shares } = this;
    const key = currentShareKey();
    const lane = shares.tryEnter(key);
    return lane
      ? this.runIn<Row>(lane, statement, values)
      : shares.enter(key).then((entered) => this.runIn<Row>(entered, statement, values));
  }

  afterCommit(work: () => void): void {
    work();
  }

  /** Whether the disk was full at the last write. If so, tries a write to see whether there is space again. */
  async isDiskFull(): Promise<boolean> {
    if (!this.trouble.diskFull) return false;
    this.trouble.diskFull = false;
    await this.transaction((transaction) => transaction.query(TRIAL_WRITE)).catch(() => {
      this.trouble.diskFull = true;
    });
    return this.trouble.diskFull;
  }

  async transaction<T>(work: (transaction: Executor) => Promise<T>): Promise<T> {
    const { shares } = this;
    const key = currentShareKey();
    const lane = shares.tryEnter(key) ?? (await shares.enter(key));
    try {
      return await this.connected(work);
    } finally {
      shares.leave(lane);
    }
  }

  expensive<T>(query: ExpensiveQuery, work: (transaction: Executor, now: number) => Promise<T>): Promise<T> {
    const { kind, context } = query;
    const { principal, deadline, signal } = context;
    // Half of the remaining time is for the query itself.
    const waitMs = deadline === undefined ? undefined : (deadline - performance.now()) / 2;
    return this.shares.withExpensive(kind, shareKeyOf(principal), { waitMs, signal }, async () => {
      try {
        return await this.transaction((transaction) => this.limited(transaction, query, work));
      } catch (error) {
        if (!(error instanceof DatabaseError) || error.code !== QUERY_CANCELED) throw error;
        if (signal?.aborted) throw callerGone(error);
        throw tooExpensive(query, error);
      }
    });
  }

  /** Counts of running and waiting work, by kind. */
  get shareCounts(): ReadonlyMap<string, ShareCounts> {
    return this.shares.counts();
  }

  private async runIn<Row extends object>(
    lane: Lane,
    statement: Statement | string,
    values?: readonly unknown[],
  ): Promise<Row[]> {
    try {
      return await run<Row>(this.pool, this.trouble, statement, values);
    } finally {
      this.shares.leave(lane);
    }
  }

  private async limited<T>(
    transaction: Executor,
    { limitMs, settings = {}, context: { signal } }: ExpensiveQuery,
    work: (transaction: Executor, now: number) => Promise<T>,
  ): Promise<T> {
    // Compiling to machine code costs more than these statements do.
    const all = Object.entries({ statement_timeout: String(limitMs), jit: 'off', ...settings });
    const set = all.map((_setting, index) => `set_config($${2 * index + 1}, $${2 * index + 2}, true)`);
    const [row] = await transaction.query<{ pid: number; now: string }>(
      `SELECT pg_backend_pid() AS pid, date_trunc('milliseconds', clock_timestamp()) AS now, ${set.join(', ')}`,
      all.flat(),
    );
    const { pool } = this;
    let ended = false;
    let cancelling: Promise<unknown> | undefined;
    // On a separate connection outside of the shares, because it frees one.
    const cancel = async (): Promise<void> => {
      const client = await pool.connect();
      cancelling = ended ? undefined : client.query('SELECT pg_cancel_backend($1)', [row?.pid]).catch(() => {});
      await cancelling;
      client.release();
    };
    const onGone = (): void => void cancel().catch(() => {});
    if (signal?.aborted) throw callerGone();
    signal?.addEventListener('abort', onGone, { once: true });
    try {
      return await work(transaction, Date.parse(row?.now ?? ''));
    } finally {
      ended = true;
      signal?.removeEventListener('abort', onGone);
      // Before the connection returns to the pool.
      await cancelling;
    }
  }

  private async connected<T>(work: (transaction: Executor) => Promise<T>): Promise<T> {
    const client = await this.pool.connect().catch((error: unknown) => {
      throw translatePgError(error);
    });
    let broken: Error | undefined;
    // A connection that is lost outside of the pool emits an error, which would end the process without a listener. The current
    // or next statement fails with the same error.
    const onLost = (error: Error): void => {
      broken = error;
    };
    client.on('error', onLost);
    try {
      const transaction = new Transaction(client, this.trouble);
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

function tooExpensive({ limitMs, tooExpensive: message }: ExpensiveQuery, cause: Error): DomainError {
  return new DomainError('invalid', 'query_too_expensive', message, { limit_ms: limitMs }, { cause });
}
