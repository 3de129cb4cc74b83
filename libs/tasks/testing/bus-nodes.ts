// For tests: two nodes on one real nats-server, of which one serves and the other asks.
import { Bus, BusConnection, type BusLogger } from '@mono/bus';
import { busInputReader, domainErrors } from '@mono/platform';
import { startNats } from '../../../test/support/nats-process.ts';

export interface BusNodes {
  server: Bus;
  client: Bus;
  end(): Promise<void>;
}

const SILENT: BusLogger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** @param serve tells the server what it serves. */
export async function startBusNodes(serve: (server: Bus) => void): Promise<BusNodes> {
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
  const stop = async (buses: readonly Bus[]): Promise<void> => {
    await Promise.all(buses.map((bus) => bus.drain(1_000)));
    await Promise.all(connections.map((connection) => connection.close()));
    await nats.stop();
  };
  try {
    const [server, client] = [await node(), await node()];
    serve(server);
    server.start();
    await server.host.connection.live?.flush();
    return { server, client, end: () => stop([server, client]) };
  } catch (error) {
    await stop([]);
    throw error;
  }
}
