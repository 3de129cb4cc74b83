// Moleculer's call of a service in the same broker.
import { startBrokers } from './moleculer-brokers.ts';
import { PAYLOAD, type Contestant } from '../contestant.ts';

export async function start(natsUrl: string): Promise<Contestant> {
  const { server } = await startBrokers(natsUrl);
  return { call: () => server.call('bench.echo', PAYLOAD) };
}
