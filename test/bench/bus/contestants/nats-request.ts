// The client library's own request.
import { connect } from '@nats-io/transport-node';
import { PAYLOAD, type Contestant, type Payload } from '../contestant.ts';

export async function start(natsUrl: string): Promise<Contestant> {
  const [server, client] = [await connect({ servers: natsUrl }), await connect({ servers: natsUrl })];
  server.subscribe('bench.echo', {
    queue: 'bench',
    callback: (_error, message) => {
      message.respond(JSON.stringify(message.json()));
    },
  });
  await server.flush();
  return {
    call: async () => (await client.request('bench.echo', JSON.stringify(PAYLOAD), { timeout: 5_000 })).json<Payload>(),
  };
}
