// The relay of a feature, on a real PostgreSQL and NATS.
import { Bus, BusConnection } from '@mono/bus';
import { createOutboxV1, alterOutboxV2, OutboxSignal } from '@mono/bus/outbox';
import { pino } from 'pino';
import { startNats, type NatsProcess } from '../../../../test/support/nats-process.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.ts';
import { until } from '../../../../test/support/until.ts';
import type { Database } from '../database/database.js';
import { openDatabase } from '../database/open-database.js';
import { Metrics } from '../metrics/metrics.js';
import { watchedRelay } from './outbox.module.js';

const logger = pino({ level: 'silent' });
let place: TestDatabase;
let nats: NatsProcess;
let database: Database;
let connection: BusConnection;

beforeAll(async () => {
  place = await createTestDatabase();
  nats = await startNats();
  const pool = { poolSize: 4, statementTimeoutMs: 60_000, migrations: [] };
  database = await openDatabase({ module: 'bakery', url: place.url, ...pool });
  await database.query('CREATE SCHEMA IF NOT EXISTS bakery');
  for (const statement of [...createOutboxV1('bakery'), ...alterOutboxV2('bakery')]) await database.query(statement);
  connection = new BusConnection({ url: nats.url, name: 'node', logger });
  connection.start();
});
afterAll(async () => {
  await connection?.close();
  await database?.dataSource.destroy();
  await nats?.stop();
  await place?.drop();
});

test('nodes of this release and of earlier ones relay under the same lock', async () => {
  const relay = watchedRelay({
    module: 'bakery',
    database,
    bus: new Bus({ connection, logger, secrets: ['the secret of tests, and of nothing else'] }),
    connection,
    signal: new OutboxSignal(),
    node: { eventAgeMs: 60_000, replicas: 1 },
    metrics: new Metrics(),
    logger,
  });
  const locks = (): Promise<object[]> =>
    database.query(
      `SELECT FROM pg_locks
       WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database())
         AND locktype = 'advisory' AND (classid::bigint << 32) + objid::bigint = hashtextextended($1, 0)`,
      ['mono.outbox.bakery'],
    );
  try {
    relay.start();
    await until('the relay holds the lock of all releases', async () => (await locks()).length > 0);
    expect(await locks()).toHaveLength(1);
  } finally {
    await relay.stop();
  }
});
