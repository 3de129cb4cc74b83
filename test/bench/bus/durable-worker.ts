// One turn of durable consumption: node durable-worker.ts <bare|mono> <nats url> <messages>. Prints its figures as JSON.
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { defineEvent } from '@mono/bus';
import { node } from './contestants/mono-nodes.ts';
import { PAYLOAD } from './contestant.ts';

const [name = '', natsUrl = '', count = '1'] = process.argv.slice(2);
const MESSAGES = Number(count);
const WINDOW = 500;

class Happened {
  text: string;
}
const happened = defineEvent({ module: 'bench', name: 'happened', event: Happened });

const connection = await connect({ servers: natsUrl });
const { streams, consumers } = await jetstreamManager(connection);
await streams.add({ name: 'EVENTS_BENCH', subjects: ['events.bench.>'], storage: 'file' });
const body = JSON.stringify(PAYLOAD);
for (let sent = 0; sent < MESSAGES; sent += WINDOW) {
  await Promise.all(Array.from({ length: WINDOW }, () => jetstream(connection).publish(happened.subject, body)));
}

const { promise: all, resolve } = Promise.withResolvers<void>();
let handled = 0;
const count1 = (): void => {
  if ((handled += 1) === MESSAGES) resolve();
};

const began = performance.now();
if (name === 'bare') {
  await consumers.add('EVENTS_BENCH', { durable_name: 'bare', ack_policy: 'explicit' });
  const consumer = await jetstream(connection).consumers.get('EVENTS_BENCH', 'bare');
  await consumer.consume({
    max_messages: 500,
    callback: (message) => {
      message.json();
      message.ack();
      count1();
    },
  });
} else {
  const bus = await node(natsUrl);
  const options = { consumer: 'mono', module: 'bench', concurrency: 64 };
  bus.onDurableEvent(
    [happened],
    () => {
      count1();
      return Promise.resolve();
    },
    options,
  );
  bus.start();
}
await all;
process.stdout.write(`${JSON.stringify({ perSecond: MESSAGES / ((performance.now() - began) / 1_000) })}\n`);
await streams.delete('EVENTS_BENCH');
process.exit(0);
