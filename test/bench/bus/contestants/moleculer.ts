// Moleculer over NATS: two brokers, JSON, no cache, no metrics.
import { startBrokers } from './moleculer-brokers.ts';
import { PAYLOAD, type Contestant } from '../contestant.ts';

export async function start(natsUrl: string): Promise<Contestant> {
  const { client } = await startBrokers(natsUrl);
  return { call: () => client.call('bench.echo', PAYLOAD) };
}
