// A database, a bus and as many servers on them as a test wants; everything is gone at its end. Each module connects as a
// role that may touch its own schema only, so that every end-to-end test also shows that no module needs another's.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createModuleRole, type ModuleRole } from './module-role.ts';
import { isOnEveryNode } from './schema-of-lib.ts';
import { makeKey, startServer, type ServerOptions, type ServerProcess } from './server-process.ts';
import { startNats, type NatsProcess } from './nats-process.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

export interface Installation {
  readonly database: TestDatabase;
  readonly nats: NatsProcess;
  readonly key: string;
  /** Where each module finds its database. */
  readonly env: Readonly<Record<string, string>>;
  /** As the topology has it: the node that is returned is the one to ask. */
  startServer(options?: Partial<ServerOptions>): Promise<ServerProcess>;
  /** One node, whatever the topology; in `one process per module` with the modules of the one to ask. */
  startNode(options?: Partial<ServerOptions>): Promise<ServerProcess>;
  /** Stops all that run. */
  stopServers(): Promise<void>;
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
  const stopServers = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  const start = async (options: Partial<ServerOptions>, more: Record<string, string>): Promise<ServerProcess> => {
    const server = await startServer({
      databaseUrl: database.url,
      natsUrl: nats.url,
      key,
      ...options,
      env: { ...env, ...more, ...options.env },
    });
    servers.push(server);
    return server;
  };
  const [first = '', ...others] = FEATURES;
  const asked = topology === 'all in one' ? {} : { MODULES: first };
  return {
    database,
    nats,
    key,
    env,
    async startServer(options = {}) {
      if (topology === 'all in one') return start(options, {});
      // The first one asks the others for the modules that it does not run itself.
      const nodes = [first, ...others].map((module) =>
        start({ ...options, env: { ...options.env, MODULES: module } }, {}),
      );
      return (await Promise.all(nodes))[0] as ServerProcess;
    },
    startNode: (options = {}) => start(options, asked),
    stopServers,
    output: () => servers.map((server) => server.output()).join('\n'),
    async end() {
      await stopServers();
      await nats.stop();
      await database.drop();
      await Promise.all(roles.map(({ role }) => role.drop()));
    },
  };
}

const LIBS = join(import.meta.dirname, '../../libs');
/** Every lib that an app can run. */
const FEATURES = readdirSync(LIBS).filter((lib) => existsSync(join(LIBS, lib, 'module.ts')) && !isOnEveryNode(lib));

/** A role for every lib that has migrations: a module is what has tables of its own. */
async function createRoles(databaseUrl: string): Promise<{ name: string; role: ModuleRole }[]> {
  const modules = readdirSync(LIBS).filter(
    (lib) => existsSync(join(LIBS, lib, 'src/persistence/migrations')) && !isOnEveryNode(lib),
  );
  const roles = [];
  for (const module of modules) {
    const schema = module.replaceAll('-', '_');
    roles.push({ name: `DATABASE_URL_${schema.toUpperCase()}`, role: await createModuleRole(databaseUrl, schema) });
  }
  return roles;
}
