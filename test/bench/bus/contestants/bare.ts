// As little as request-reply over NATS can be: one inbox, a map of tokens, JSON. No deadline, no headers, no errors.
import { connect, createInbox, type Msg } from '@nats-io/transport-node';
import { PAYLOAD, type Contestant, type Payload } from '../contestant.ts';

export async function start(natsUrl: string): Promise<Contestant> {
  const [server, client] = [await connect({ servers: natsUrl }), await connect({ servers: natsUrl })];
  server.subscribe('bench.echo', {
    queue: 'bench',
    callback: (_error, message) => {
      message.respond(JSON.stringify(message.json()));
    },
  });
  const inbox = `${createInbox()}.`;
  const pending = new Map<string, (message: Msg) => void>();
  client.subscribe(`${inbox}*`, {
    callback: (_error, message) => {
      const token = message.subject.slice(inbox.length);
      pending.get(token)?.(message);
      pending.delete(token);
    },
  });
  await Promise.all([server.flush(), client.flush()]);
  let next = 0;
  return {
    call: () =>
      new Promise((resolve) => {
        const token = (next += 1).toString(36);
        pending.set(token, (message) => resolve(message.json<Payload>()));
        client.publish('bench.echo', JSON.stringify(PAYLOAD), { reply: inbox + token });
      }),
  };
}
