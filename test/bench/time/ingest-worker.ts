// Consumes the stream of tasks once from its start: node ingest-worker.ts <bare|mono> <nats url> <database url> <events>.
// Prints its figures as JSON.
import 'reflect-metadata';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { openDatabase } from '@mono/platform';
import { listenOnBus, nodeForTests } from '@mono/platform/testing';
import { TimeTrackingModule } from '@mono/time-tracking/module';
import { Test } from '@nestjs/testing';
import { node } from '../bus/contestants/mono-nodes.ts';

const [name = '', natsUrl = '', databaseUrl = '', count = '1'] = process.argv.slice(2);
const EVENTS = Number(count);
const STREAM = 'EVENTS_TASKS';
/** The same as the consumer of the module. */
const MAX_MESSAGES = 4_096;
const MAX_PENDING = 131_072;

const { promise: all, resolve } = Promise.withResolvers<void>();
let handled = 0;
const countOne = (): void => {
  if ((handled += 1) === EVENTS) resolve();
};

async function consumeBare(): Promise<void> {
  const connection = await connect({ servers: natsUrl });
  const { consumers } = await jetstreamManager(connection);
  await consumers.add(STREAM, { durable_name: 'bare', ack_policy: 'explicit', max_ack_pending: MAX_PENDING });
  const consumer = await jetstream(connection).consumers.get(STREAM, 'bare');
  await consumer.consume({
    max_messages: MAX_MESSAGES,
    callback: (message) => {
      message.json();
      message.ack();
      countOne();
    },
  });
}

/** The module as in a node, including the relay that publishes durations meanwhile. */
async function prepareMono(): Promise<() => Promise<void>> {
  const pool = { poolSize: 10, statementTimeoutMs: 60_000, migrations: [] };
  const database = await openDatabase({ module: 'time_tracking', url: databaseUrl, ...pool });
  const bus = await node(natsUrl);
  const hear = bus.onDurableEvent.bind(bus);
  bus.onDurableEvent = (contracts, handler, options) => {
    const isHistory = options.consumer === 'time-tracking-history';
    hear(
      contracts,
      isHistory ? (body, context) => Promise.resolve(handler(body, context)).finally(countOne) : handler,
      options,
    );
  };
  const { connection } = bus.host;
  const imports = [nodeForTests({ databases: { 'time-tracking': database }, bus, connection }), TimeTrackingModule];
  const module = await Test.createTestingModule({ imports }).compile();
  return async () => void (await listenOnBus(module, bus));
}

const begin = name === 'bare' ? consumeBare : await prepareMono();
const began = performance.now();
const cpu = process.cpuUsage();
await begin();
await all;
const { user, system } = process.cpuUsage(cpu);
const perSecond = EVENTS / ((performance.now() - began) / 1_000);
process.stdout.write(`${JSON.stringify({ perSecond, cpuMsPerThousand: (user + system) / EVENTS })}\n`);
process.exit(0);
