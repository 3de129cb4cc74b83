// A node that consumes a module's events, to be killed between any two lines: node consumer.ts <database url> <nats url>
import { Bus, BusConnection, defineEvent, type BusLogger } from '@mono/bus';
import { onceByInbox } from '@mono/bus/outbox';
import { Pool } from 'pg';

const [databaseUrl, url] = process.argv.slice(2) as [string, string];
const logger: BusLogger = {
  info: () => {},
  warn: () => {},
  error: (facts, message) =>
    void process.stderr.write(`${message} ${JSON.stringify(facts)}
`),
};
const pool = new Pool({ connectionString: databaseUrl, max: 20 });
pool.on('error', () => {});
const connection = new BusConnection({ url, name: 'consumer', logger });
connection.start();

class Changed {
  id!: string;
  aggregate!: string;
  version!: number;
}
const changed = defineEvent({ module: 'notes', name: 'changed', event: Changed });
const letters = {
  store: async ({ key }: { key: string }): Promise<void> =>
    void (await pool.query('INSERT INTO reading.letter VALUES ($1) ON CONFLICT DO NOTHING', [key])),
};
const bus = new Bus({ connection, logger, secrets: ['the secret of tests'], deadLetters: letters });

async function onChanged(event: unknown): Promise<void> {
  const { id, aggregate, version } = event as Changed;
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await onceByInbox(client, { schema: 'reading', consumer: 'reader', eventId: id }, async () => {
      await client.query('INSERT INTO reading.effect (event_id, aggregate, version) VALUES ($1, $2, $3)', [
        id,
        aggregate,
        version,
      ]);
    });
    await client.query('COMMIT');
    client.release();
  } catch (error) {
    // With the connection goes the transaction.
    client.release(true);
    throw error;
  }
}

// More attempts than kills: a killed consumer costs an attempt of all that it had begun.
bus.onDurableEvent([changed], onChanged, {
  consumer: 'reader',
  module: 'reading',
  concurrency: 16,
  ackWaitMs: 1_500,
  attempts: 200,
  key: (event) => event.aggregate,
});
bus.start();
