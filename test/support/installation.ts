// A database, a bus and as many servers on them as a test wants; everything is gone at its end. Each module connects as a
// role that may touch its own schema only, so that every end-to-end test also shows that no module needs another's.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createModuleRole, type ModuleRole } from './module-role.ts';
import { makeKey, startServer, type ServerOptions, type ServerProcess } from './server-process.ts';
import { startNats, type NatsProcess } from './nats-process.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

export interface Installation {
  readonly database: TestDatabase;
  readonly nats: NatsProcess;
  readonly key: string;
  startServer(options?: Partial<ServerOptions>): Promise<ServerProcess>;
  /** What all servers have written, those that are gone included. */
  output(): string;
  end(): Promise<void>;
}

/** How a build runs: one process with every module, or one process per module. */
export const TOPOLOGIES = ['all in one', 'one process per module'] as const;
export type Topology = (typeof TOPOLOGIES)[number];

export async function createInstallation(topology: Topology = 'all in one'): Promise<Installation> {
  const key = makeKey();
  const database = await createTestDatabase();
  const nats = await startNats().catch(async (error: unknown) => {
    await database.drop();
    throw error;
  });
  const roles = await createRoles(database.url);
  const env = Object.fromEntries(roles.map(({ name, role }) => [name, role.url]));
  const servers: ServerProcess[] = [];
  return {
    database,
    nats,
    key,
    async startServer(options = {}) {
      const start = async (more: Record<string, string>): Promise<ServerProcess> => {
        const server = await startServer({
          databaseUrl: database.url,
          natsUrl: nats.url,
          key,
          ...options,
          env: { ...env, ...options.env, ...more },
        });
        servers.push(server);
        return server;
      };
      if (topology === 'all in one') return start({});
      // The first one is talked to: whatever it does not run itself, it asks the others for.
      const [first, ...others] = FEATURES;
      for (const module of others) await start({ MODULES: module });
      return start({ MODULES: first ?? '' });
    },
    output: () => servers.map((server) => server.output()).join('\n'),
    async end() {
      await Promise.all(servers.map((server) => server.stop()));
      await nats.stop();
      await database.drop();
      await Promise.all(roles.map(({ role }) => role.drop()));
    },
  };
}

const LIBS = join(import.meta.dirname, '../../libs');
/** Every lib that an app can run. */
const FEATURES = readdirSync(LIBS).filter((lib) => existsSync(join(LIBS, lib, 'module.ts')));

/** A role for every lib that has migrations: a module is what has tables of its own. */
async function createRoles(databaseUrl: string): Promise<{ name: string; role: ModuleRole }[]> {
  const modules = readdirSync(LIBS).filter((lib) => existsSync(join(LIBS, lib, 'src/persistence/migrations')));
  const roles = [];
  for (const module of modules) {
    const schema = module.replaceAll('-', '_');
    roles.push({ name: `DATABASE_URL_${schema.toUpperCase()}`, role: await createModuleRole(databaseUrl, schema) });
  }
  return roles;
}
