// A real redis-server with its own data directory, which can be killed and restarted.
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { startChild, type Child } from './child.ts';
import { freePort } from './free-port.ts';
import { makeStore } from './scratch.ts';
import { until } from './until.ts';

export interface RedisProcess {
  /** Contains the password. */
  readonly url: string;
  /** Its output since the last start. */
  output(): string;
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Restarts it after a kill with the same port and data. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

export interface RedisOptions {
  /** The eviction policy of a full memory. */
  evictionPolicy?: string;
  /** Listens with TLS only. */
  tls?: { certFile: string; keyFile: string };
}

const PASSWORD = 'tests-only';

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', reject);
    socket.once('connect', () => {
      resolve(true);
      socket.destroy();
    });
  });
}

export async function startRedis({ evictionPolicy = 'noeviction', tls }: RedisOptions = {}): Promise<RedisProcess> {
  const data = await makeStore('redis');
  const port = await freePort();
  const listening = tls
    ? [
        '--port',
        '0',
        '--tls-port',
        String(port),
        '--tls-cert-file',
        tls.certFile,
        '--tls-key-file',
        tls.keyFile,
      ].concat('--tls-auth-clients', 'no')
    : ['--port', String(port)];
  let child: Child;
  const start = async (): Promise<void> => {
    // Acknowledged writes survive a kill.
    const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
    const own = ['--bind', '127.0.0.1', '--dir', data, '--requirepass', PASSWORD, '--maxmemory-policy', evictionPolicy];
    child = startChild(process.env['REDIS_SERVER_BIN'] ?? 'redis-server', [...listening, ...durable, ...own]);
    await until('redis-server is ready', async () => {
      if (child.ended() !== undefined) throw new Error(child.output());
      return child.output().includes('Ready to accept connections') && (await isListening(port));
    });
  };
  await start();
  return {
    url: `${tls ? 'rediss' : 'redis'}://:${PASSWORD}@127.0.0.1:${port}`,
    output: () => child.output(),
    kill: (signal) => child.kill(signal),
    restart: start,
    async stop() {
      await child.stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}
