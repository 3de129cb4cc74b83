// For tests: two nodes on one real nats-server, of which one serves and the other asks.
import type { INestMicroservice } from '@nestjs/common';
import { Bus, BusConnection, type BusLogger } from '@mono/bus';
import { busInputReader, domainErrors } from '@mono/platform';
import { startNats } from '../../../test/support/nats-process.ts';

export interface BusNodes {
  server: Bus;
  client: Bus;
  end(): Promise<void>;
}

const SILENT: BusLogger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** @param listen runs the module on the server. */
export async function startBusNodes(listen: (server: Bus) => Promise<INestMicroservice>): Promise<BusNodes> {
  const nats = await startNats();
  const connections: BusConnection[] = [];
  const node = async (): Promise<Bus> => {
    const connection = new BusConnection({ url: nats.url, name: 'test', logger: SILENT });
    connections.push(connection);
    connection.start();
    await new Promise<void>((resolve) => {
      const off = connection.onConnected(() => {
        setImmediate(() => off());
        resolve();
      });
    });
    const secrets = ['the secret of tests, and of nothing else'];
    return new Bus({ connection, logger: SILENT, secrets, reader: busInputReader, errors: domainErrors });
  };
  const stop = async (application?: INestMicroservice, client?: Bus): Promise<void> => {
    await Promise.all([application?.close(), client?.drain(1_000)]);
    await Promise.all(connections.map((connection) => connection.close()));
    await nats.stop();
  };
  try {
    const [server, client] = [await node(), await node()];
    const application = await listen(server);
    await server.host.connection.live?.flush();
    return { server, client, end: () => stop(application, client) };
  } catch (error) {
    await stop();
    throw error;
  }
}
