// A node that relays a module's outbox, to be killed: node relay.mjs <database url> <nats url>
import { BusConnection, OutboxRelay, OutboxSignal } from '@mono/bus';
import { Pool } from 'pg';

const [databaseUrl, url] = process.argv.slice(2);
const logger = {
  info() {},
  warn() {},
  error: (facts, message) => process.stderr.write(`${message} ${facts.err ?? ''}\n`),
};
const pool = new Pool({ connectionString: databaseUrl, max: 3 });
pool.on('error', () => {});
const connection = new BusConnection({ url, name: 'relay', logger });
const stream = { module: 'notes', maxAgeMs: 3_600_000, duplicateWindowMs: 120_000 };
connection.start();
new OutboxRelay({ module: 'notes', pool, connection, signal: new OutboxSignal(), stream, logger, pollMs: 50 }).start();
