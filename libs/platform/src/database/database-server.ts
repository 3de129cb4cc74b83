// A PostgreSQL server whose address may change while nodes run, and whose address another server may take.
import { Client, type ClientConfig, type QueryResult } from 'pg';
import { UnavailableError } from '@mono/contract';

export interface Queryable {
  query<Row extends object>(statement: string): Promise<QueryResult<Row>>;
}

export interface DatabaseServer {
  /** Read for each new connection. Contains the password: not for logs. */
  readonly url: string;
  /** @returns false if the connection leads to another server. */
  recognizes(connection: Queryable): Promise<boolean>;
}

/** The address of a database. */
export interface DatabasePlace {
  /** Contains the password: not for logs. */
  url: string;
  /** The server of the URL, if its address may change. */
  server?: DatabaseServer | undefined;
}

const ignore = (): void => {};

type OnConnect = (error?: Error) => void;

/**
 * A client class for pools that connects to the current address of the server. A connection to another server is closed before
 * its first statement.
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
      // A lost connection fails the statement; the unhandled event would end the process.
      this.on('error', ignore);
      try {
        if (!(await server.recognizes(this))) {
          throw new UnavailableError('The database is unavailable: another server uses its address.');
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
