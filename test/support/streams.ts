// Reads the streams of a test's bus, and the progress of consumers.
import { DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Client } from 'pg';
import { until } from './until.ts';

async function connected<T>(natsUrl: string, work: (connection: NatsConnection) => Promise<T>): Promise<T> {
  const { host, username, password } = new URL(natsUrl);
  const connection = await connect({ servers: host, user: username, pass: password });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

/** The bodies of all messages, oldest first. */
export function messagesOf(natsUrl: string, stream: string): Promise<string[]> {
  return connected(natsUrl, async (connection) => {
    const { state } = await (await jetstreamManager(connection)).streams.info(stream);
    const consumer = await jetstream(connection).consumers.get(stream, { deliver_policy: DeliverPolicy.All });
    const bodies: string[] = [];
    while (bodies.length < state.messages) {
      const message = await consumer.next({ expires: 5_000 });
      if (!message) break;
      bodies.push(message.string());
    }
    return bodies;
  });
}

/** Waits until the stream has the events that the module has written so far. */
export async function untilPublished(database: Client, module: string): Promise<void> {
  const outbox = `${module.replaceAll('-', '_')}.outbox`;
  const { rows } = await database.query<{ last: string | null }>(`SELECT max(seq) AS last FROM ${outbox}`);
  await until(`the events of ${module} are published`, async () => {
    const due = `SELECT 1 FROM ${outbox} WHERE seq <= $1 AND published_at IS NULL LIMIT 1`;
    return (await database.query(due, [rows[0]?.last ?? 0])).rowCount === 0;
  });
}

/** The number of messages that the consumer has not settled, including pending retries. */
export function unsettled(natsUrl: string, stream: string, consumer: string): Promise<number> {
  return connected(natsUrl, async (connection) => {
    const info = await (await jetstreamManager(connection)).consumers.info(stream, consumer);
    return info.num_pending + info.num_ack_pending;
  });
}
