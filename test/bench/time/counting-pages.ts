// A database that explains each statement of a transaction as well, and counts the pages that it touches: unlike its time,
// that is the same however busy the machine is.
import type { Executor, ExpensiveQuery, SharingExecutor, Statement } from '@mono/platform';

interface Explained {
  'QUERY PLAN': { Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number } }[];
}

export class CountingPages implements SharingExecutor {
  pages = 0;

  constructor(private readonly database: SharingExecutor) {}

  query<Row extends object>(statement: Statement | string, values?: readonly unknown[]): Promise<Row[]> {
    return this.counted<Row>(this.database, statement, values);
  }

  transaction<T>(work: (transaction: Executor) => Promise<T>): Promise<T> {
    return this.database.transaction((on) => work(this.counting(on)));
  }

  expensive<T>(query: ExpensiveQuery, work: (transaction: Executor, now: number) => Promise<T>): Promise<T> {
    return this.database.expensive(query, (on, now) => work(this.counting(on), now));
  }

  afterCommit(work: () => void): void {
    this.database.afterCommit(work);
  }

  private counting(on: Executor): Executor {
    return {
      query: <Row extends object>(statement: Statement | string, values?: readonly unknown[]) =>
        this.counted<Row>(on, statement, values),
      afterCommit: (then) => on.afterCommit(then),
    };
  }

  private async counted<Row extends object>(
    on: Executor,
    statement: Statement | string,
    values?: readonly unknown[],
  ): Promise<Row[]> {
    const text = typeof statement === 'string' ? statement : statement.text;
    const [row] = await on.query<Explained>(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`, values);
    const plan = row?.['QUERY PLAN'][0]?.Plan;
    this.pages += (plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0);
    return on.query<Row>(statement, values);
  }
}
