// A nats-server with JetStream on a free port, with its own store. It can be killed, paused and started again.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './until.js';

const KEPT_CHARACTERS = 200_000;
const STOP_TIMEOUT_MS = 20_000;

export interface NatsServer {
  readonly url: string;
  /** The directory of its streams. */
  readonly store: string;
  /** Its log since the last start. */
  output(): string;
  /** Sends the signal and waits for the exit, unless the signal only pauses or resumes. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** After a kill: same port, same store. */
  restart(): Promise<void>;
  /** Ends it and removes its store. */
  stop(): Promise<void>;
}

/** Servers end with the process that started them, even if a test run crashes. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * @param program Default: `NATS_SERVER_BIN`, else `nats-server` on the PATH. The store is below `TEST_SCRATCH`, else among the
 * temporary files.
 */
export async function startNatsServer(program = process.env['NATS_SERVER_BIN'] ?? 'nats-server'): Promise<NatsServer> {
  const store = await mkdtemp(join(process.env['TEST_SCRATCH'] ?? tmpdir(), 'nats-server-'));
  const port = await freePort();
  const args = ['--addr', '127.0.0.1', '--port', String(port), '--jetstream', '--store_dir', store];
  let server: ServerProcess;
  const start = async (): Promise<void> => {
    server = new ServerProcess(program, args);
    await until('nats-server accepts connections', () => {
      if (server.ended) throw new Error(server.output);
      return greets(port);
    });
  };
  try {
    await start();
  } catch (error) {
    await rm(store, { recursive: true, force: true });
    throw error;
  }
  return {
    url: `nats://127.0.0.1:${port}`,
    store,
    output: () => server.output,
    kill: (signal) => server.kill(signal),
    restart: start,
    async stop() {
      await server.stop();
      await rm(store, { recursive: true, force: true });
    },
  };
}

class ServerProcess {
  output = '';
  ended = false;
  private readonly child: ChildProcess;
  private readonly exited: Promise<void>;

  constructor(program: string, args: readonly string[]) {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    running.add(child);
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output = (this.output + text).slice(-KEPT_CHARACTERS);
      });
    this.exited = new Promise((resolve) => {
      const end = (): void => {
        this.ended = true;
        running.delete(child);
        resolve();
      };
      child.once('error', (error) => {
        this.output += `${String(error)}\n`;
        end();
      });
      child.once('close', end);
    });
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    if (!this.ended) this.child.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await this.exited;
  }

  async stop(): Promise<void> {
    const forced = setTimeout(() => {
      // A paused process receives SIGTERM only when it is resumed.
      this.child.kill('SIGCONT');
      this.child.kill('SIGKILL');
    }, STOP_TIMEOUT_MS);
    await this.kill('SIGTERM');
    clearTimeout(forced);
  }
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', reject);
    socket.once('data', (data) => {
      resolve(data.toString().startsWith('INFO'));
      socket.destroy();
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}
