// A node that relays a module's outbox, to be killed: node relay.ts <database url> <nats url>
import { BusConnection, type BusLogger } from '@mono/bus';
import { OutboxRelay, OutboxSignal } from '@mono/bus/outbox';
import { Pool } from 'pg';

const [databaseUrl, url] = process.argv.slice(2) as [string, string];
const logger: BusLogger = {
  info: () => {},
  warn: () => {},
  error: (facts, message) =>
    void process.stderr.write(`${message} ${JSON.stringify(facts)}
`),
};
const pool = new Pool({ connectionString: databaseUrl, max: 3 });
pool.on('error', () => {});
const connection = new BusConnection({ url, name: 'relay', logger });
const stream = { module: 'notes', maxAgeMs: 3_600_000, duplicateWindowMs: 120_000 };
connection.start();
new OutboxRelay({ module: 'notes', pool, connection, signal: new OutboxSignal(), stream, logger, pollMs: 50 }).start();
