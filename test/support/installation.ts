// A database, a bus and any number of servers, all removed at the end of the test. Each module connects as a role with access
// to its own schema only, so that every end-to-end test shows that no module needs another's.
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
  /** The database URL of each module. */
  readonly env: Readonly<Record<string, string>>;
  /** Starts the nodes of the topology. @returns the node that serves requests. */
  startServer(options?: Partial<ServerOptions>): Promise<ServerProcess>;
  /** Starts one node; with `one process per module`, with the modules of the node that serves requests. */
  startNode(options?: Partial<ServerOptions>): Promise<ServerProcess>;
  /** Stops all servers. */
  stopServers(): Promise<void>;
  /** The output of all servers, including ended ones. */
  output(): string;
  end(): Promise<void>;
}

/** The ways to run a build: one process with every module, or one process per module. */
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
      // The first node forwards requests for modules that it does not run.
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

/** Creates a role for every lib with migrations. */
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
