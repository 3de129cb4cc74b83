// A PostgreSQL server whose address may change while nodes run, and whose address another server may take.
import { Client, type ClientConfig, type QueryResult } from 'pg';
import { UnavailableError } from '@mono/contract';

export interface Queryable {
  query<Row extends object>(statement: string): Promise<QueryResult<Row>>;
}

export interface DatabaseServer {
  /** Read for each new connection. With its password: not for logs. */
  readonly url: string;
  /** @returns false when the connection leads to another server. */
  recognizes(connection: Queryable): Promise<boolean>;
}

/** Where a database is. */
export interface DatabasePlace {
  /** With its password: not for logs. */
  url: string;
  /** Whose URL it is, where that may change. */
  server?: DatabaseServer | undefined;
}

const ignore = (): void => {};

type OnConnect = (error?: Error) => void;

/**
 * For the pools of a server: connects to where the server is at that moment. A connection to another server is closed
 * before any other statement.
 */
export function clientOf(server: DatabaseServer): new () => Client {
  return class extends Client {
    constructor(config?: ClientConfig) {
      super({ ...config, connectionString: server.url });
    }

    override connect(): Promise<this>;
    override connect(callback: OnConnect): void;
    override connect(callback?: OnConnect): Promise<this> | undefined {
      const connected = this.connectAndVerify();
      if (!callback) return connected;
      connected.then(() => callback(), callback);
      return undefined;
    }

    private async connectAndVerify(): Promise<this> {
      await super.connect();
      // A connection that is lost meanwhile fails the statement; the event would end the process.
      this.on('error', ignore);
      try {
        if (!(await server.recognizes(this))) {
          throw new UnavailableError('The database cannot be reached at the moment: another server has its address.');
        }
      } catch (error) {
        await this.end().catch(() => {});
        throw error;
      }
      this.off('error', ignore);
      return this;
    }
  };
}
