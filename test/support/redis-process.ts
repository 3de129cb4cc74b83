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

function hasLostPort(child: Child): boolean {
  return child.ended() !== undefined && child.output().includes('Address already in use');
}

export async function startRedis({ evictionPolicy = 'noeviction', tls }: RedisOptions = {}): Promise<RedisProcess> {
  const data = await makeStore('redis');
  let port = await freePort();
  const listening = () =>
    tls
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
  const start = async (): Promise<Child> => {
    // Acknowledged writes survive a kill.
    const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
    const own = ['--bind', '127.0.0.1', '--dir', data, '--requirepass', PASSWORD, '--maxmemory-policy', evictionPolicy];
    const started = startChild(process.env['REDIS_SERVER_BIN'] ?? 'redis-server', [...listening(), ...durable, ...own]);
    await until('redis-server is ready or has lost its port', async () => {
      if (hasLostPort(started)) return true;
      if (started.ended() !== undefined) throw new Error(started.output());
      return started.output().includes('Ready to accept connections') && (await isListening(port));
    });
    return started;
  };
  let child = await start();
  // Another process may have taken the port that was free.
  for (let attempt = 0; hasLostPort(child) && attempt < 5; attempt += 1) {
    port = await freePort();
    child = await start();
  }
  return {
    url: `${tls ? 'rediss' : 'redis'}://:${PASSWORD}@127.0.0.1:${port}`,
    output: () => child.output(),
    kill: (signal) => child.kill(signal),
    async restart() {
      child = await start();
    },
    async stop() {
      await child.stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}
