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

export async function startNats(): Promise<NatsProcess> {
  const store = await makeStore('nats');
  const port = await freePort();
  let child: Child;
  const start = async (): Promise<void> => {
    const args = ['--addr', '127.0.0.1', '--port', String(port), '--jetstream', '--store_dir', store];
    child = startChild(process.env['NATS_SERVER_BIN'] ?? 'nats-server', args);
    await until('nats-server greets', () => {
      if (child.ended() !== undefined) throw new Error(child.output());
      return greets(port);
    });
  };
  await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    store,
    output: () => child.output(),
    kill: (signal) => child.kill(signal),
    restart: start,
    async stop() {
      await child.stop();
      await rm(store, { recursive: true, force: true });
    },
  };
}
