// The built server in its own process.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ApiClient } from './api-client.ts';
import { startChild } from './child.ts';
import { freePort } from './free-port.ts';
import { makeStore } from './scratch.ts';
import { until } from './until.ts';

const ENTRY = resolve(import.meta.dirname, '../../apps/server/dist/main.js');
const ATTEMPTS = 3;
/** Concurrent starts on a busy machine take minutes. */
const READY_LIMIT_MS = 300_000;
/** Printed once the server listens. */
const BANNER = 'Mono serves at';
/** All instances on one bus share it. */
export const TEST_SECRET_KEY = 'the secret key of tests and of nothing else';
export const TEST_BUS_SECRET = 'the secret of tests and of nothing else';

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** A client with the key of the start. */
  readonly api: ApiClient;
  output(): string;
  ended(): number | NodeJS.Signals | undefined;
  kill(signal: NodeJS.Signals): Promise<void>;
  /** SIGTERM, then SIGKILL. @returns the exit code, or the signal that ended it. */
  stop(): Promise<number | NodeJS.Signals | undefined>;
}

export interface ServerOptions {
  databaseUrl: string;
  natsUrl: string;
  /** The key that the first start stores. Default: makeKey(). Instances with the same database share it. */
  key?: string;
  env?: Record<string, string>;
  /** For node itself, like `--cpu-prof`. */
  nodeOptions?: string[];
  readyLimitMs?: number;
  /** Append the output to this file. */
  outputFile?: string;
}

/** A valid value of BOOTSTRAP_API_KEY. */
export function makeKey(): string {
  return `mono_test_${randomBytes(6).toString('hex')}_${randomBytes(32).toString('base64url')}`;
}

/** Starts a server and waits until it is ready. @throws Error with its output if it ends or is not ready in time. */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  if (!existsSync(ENTRY)) throw new Error('The server is not built: `npm run build` first.');
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(options);
    } catch (error) {
      // Another process may take the free port first.
      if (attempt === ATTEMPTS || !/EADDRINUSE|in use|is taken/i.test(String(error))) throw error;
    }
  }
}

async function start({
  databaseUrl,
  natsUrl,
  key = makeKey(),
  env = {},
  nodeOptions = [],
  readyLimitMs = READY_LIMIT_MS,
  outputFile,
}: ServerOptions): Promise<ServerProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  // A directory of its own keeps a developer's .env and data/ out of the test.
  const directory = await makeStore('server');
  const child = startChild(process.execPath, [...nodeOptions, ENTRY], {
    cwd: directory,
    ...(outputFile !== undefined && { outputFile }),
    env: {
      PATH: process.env['PATH'],
      APP_ENV: 'test',
      HOST: '127.0.0.1',
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      NATS_URL: natsUrl,
      BOOTSTRAP_API_KEY: key,
      BUS_SECRET: TEST_BUS_SECRET,
      AUDIT_SECRET: TEST_BUS_SECRET,
      SECRET_KEY: TEST_SECRET_KEY,
      // Tests exceed the limits; tests of the limits turn them on.
      RATE_LIMIT_ENABLED: 'false',
      DATA_DIR: join(directory, 'data'),
      ...env,
    },
  });
  const removeDirectory = () => rm(directory, { recursive: true, force: true });
  try {
    await until(
      'the server is ready',
      async () => {
        if (child.ended() !== undefined) return true;
        // Checks the output first, because a request costs more.
        return child.output().includes(BANNER) && (await fetch(`${url}/readyz`)).status === 200;
      },
      { limitMs: readyLimitMs },
    );
    if (child.ended() !== undefined) throw new Error('it ended');
  } catch (error) {
    await child.kill('SIGKILL');
    await removeDirectory();
    throw new Error(`The server did not start: ${String(error)}\n${child.output()}`, { cause: error });
  }
  return {
    url,
    pid: child.pid,
    api: new ApiClient(url, key),
    output: () => child.output(),
    ended: () => child.ended(),
    kill: (signal) => child.kill(signal),
    async stop() {
      const how = await child.stop();
      await removeDirectory();
      return how;
    },
  };
}
