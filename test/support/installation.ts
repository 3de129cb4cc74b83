// A database, a bus and as many servers on them as a test wants; everything is gone at its end.
import { makeKey, startServer, type ServerOptions, type ServerProcess } from './server-process.ts';
import { startNats, type NatsProcess } from './nats-process.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

export interface Installation {
  readonly database: TestDatabase;
  readonly nats: NatsProcess;
  readonly key: string;
  startServer(options?: Partial<ServerOptions>): Promise<ServerProcess>;
  end(): Promise<void>;
}

export async function createInstallation(): Promise<Installation> {
  const key = makeKey();
  const database = await createTestDatabase();
  const nats = await startNats().catch(async (error: unknown) => {
    await database.drop();
    throw error;
  });
  const servers: ServerProcess[] = [];
  return {
    database,
    nats,
    key,
    async startServer(options = {}) {
      const server = await startServer({ databaseUrl: database.url, natsUrl: nats.url, key, ...options });
      servers.push(server);
      return server;
    },
    async end() {
      await Promise.all(servers.map((server) => server.stop()));
      await nats.stop();
      await database.drop();
    },
  };
}
