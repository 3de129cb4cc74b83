// A real nats-server with JetStream and its own store, which can be killed, paused and restarted.
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { startChild, type Child } from './child.ts';
import { freePort } from './free-port.ts';
import { makeStore } from './scratch.ts';
import { until } from './until.ts';

export interface NatsProcess {
  readonly url: string;
  /** The directory of its streams. */
  readonly store: string;
  /** Its output since the last start. */
  output(): string;
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Restarts it after a kill with the same port and store. */
  restart(): Promise<void>;
  /** Ends it and removes its store. */
  stop(): Promise<void>;
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

function hasLostPort(child: Child): boolean {
  return child.ended() !== undefined && child.output().includes('address already in use');
}

export async function startNats(): Promise<NatsProcess> {
  const store = await makeStore('nats');
  let port = await freePort();
  const start = async (): Promise<Child> => {
    const args = ['--addr', '127.0.0.1', '--port', String(port), '--jetstream', '--store_dir', store];
    const started = startChild(process.env['NATS_SERVER_BIN'] ?? 'nats-server', args);
    await until('nats-server greets or has lost its port', async () => {
      if (hasLostPort(started)) return true;
      if (started.ended() !== undefined) throw new Error(started.output());
      return (await greets(port)) && started.ended() === undefined;
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
    url: `nats://127.0.0.1:${port}`,
    store,
    output: () => child.output(),
    kill: (signal) => child.kill(signal),
    async restart() {
      await until('it has its port again', async () => {
        child = await start();
        return !hasLostPort(child);
      });
    },
    async stop() {
      await child.stop();
      await rm(store, { recursive: true, force: true });
    },
  };
}
