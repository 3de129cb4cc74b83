import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import type { Payload } from '../contestant.ts';

interface Broker {
  createService(schema: object): void;
  start(): Promise<void>;
  waitForServices(name: string): Promise<unknown>;
  call(action: string, payload: Payload): Promise<Payload>;
}

const require = createRequire(resolve(import.meta.dirname, '../peers/package.json'));

export async function startBrokers(natsUrl: string): Promise<{ server: Broker; client: Broker }> {
  const { ServiceBroker } = require('moleculer') as { ServiceBroker: new (options: object) => Broker };
  const broker = (nodeID: string): Broker =>
    new ServiceBroker({ nodeID, transporter: natsUrl, logger: false, metrics: false, tracing: false });
  const [server, client] = [broker('server'), broker('client')];
  server.createService({ name: 'bench', actions: { echo: ({ params }: { params: Payload }) => params } });
  await Promise.all([server.start(), client.start()]);
  await client.waitForServices('bench');
  return { server, client };
}
