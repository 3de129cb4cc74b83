// Events of the audit trail while PostgreSQL is unavailable, with NATS and the nodes up.
import { randomUUID } from 'node:crypto';
import { Bus, BusConnection, defineEvent } from '@mono/bus';
import { EventBody } from '@mono/contract';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { Client } from 'pg';
import { startNats, type NatsProcess } from '../../../../test/support/nats-process.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.ts';
import { until } from '../../../../test/support/until.ts';
import { domainErrors, migrate, openDatabase, type Database } from '@mono/platform';
import { adminFeature } from '../../feature.js';
import { AuditEventsConsumer } from './audit-events.consumer.js';
import { Audit } from './audit.js';

/** A server of 2.9 may deliver a message of a pull that has ended only after its ack_wait of 30 seconds. */
const LIMIT_MS = 900_000;
const WAIT_MS = 150_000;

class Happened extends EventBody {
  event: 'api_key_created';
  aggregate: 'api_key';
  source: string;
}

const happened = defineEvent({ module: 'auth', name: 'api_key_created', event: Happened });

const lines: string[] = [];
const write = (_facts: object, message: string): void => void lines.push(message);
const logger = { info: write, warn: write, error: write };

function pauses(): number {
  return lines.filter((line) => line.startsWith('Consumers paused')).length;
}

describe('an outage of PostgreSQL', () => {
  let nats: NatsProcess;
  let place: TestDatabase;
  const databases: Database[] = [];
  const nodes: { bus: Bus; connection: BusConnection }[] = [];
  let letters = 0;

  beforeAll(async () => {
    nats = await startNats();
    place = await createTestDatabase();
    await migrate(await open(), 'platform');
    for (let node = 0; node < 2; node += 1) await startNode();
  });
  afterAll(async () => {
    for (const { bus, connection } of nodes) {
      await bus.drain(1_000);
      await connection.close();
    }
    await Promise.all(databases.map((database) => database.dataSource.destroy()));
    await place?.drop();
    await nats?.stop();
  });

  async function open(): Promise<Database> {
    const database = await openDatabase({
      module: 'platform',
      url: place.url,
      poolSize: 4,
      statementTimeoutMs: 10_000,
      migrations: adminFeature.migrations,
    });
    databases.push(database);
    return database;
  }

  async function startNode(): Promise<void> {
    const database = await open();
    const connection = new BusConnection({ url: nats.url, name: 'test', logger });
    connection.start();
    await until('the bus is connected', () => connection.connected);
    const bus = new Bus({
      connection,
      logger,
      secrets: ['the secret of tests, and of nothing else'],
      errors: domainErrors,
      available: () => database.query('SELECT 1'),
      deadLetters: {
        store: () => {
          letters += 1;
          return Promise.resolve();
        },
      },
    });
    const audit = new Audit(database, { secrets: ['the audit secret of tests'] });
    new AuditEventsConsumer(bus, { contracts: [happened] }, audit, database).onModuleInit();
    bus.start();
    nodes.push({ bus, connection });
  }

  /** Every connection is cut, and no new one is taken. */
  async function allowConnections(allowed: boolean): Promise<void> {
    const name = new URL(place.url).pathname.slice(1);
    const client = new Client({ connectionString: process.env['TEST_DATABASE_URL'] });
    await client.connect();
    await client.query(`ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS ${allowed}`);
    if (!allowed) {
      await client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1`, [name]);
    }
    await client.end();
  }

  test(
    'keeps every event for the trail, and makes no dead letter',
    async () => {
      const live = nodes[0]?.connection.live;
      if (!live) throw new Error('The bus is not connected.');
      await (await jetstreamManager(live)).streams.add({ name: 'EVENTS_AUTH', subjects: ['events.auth.>'] });
      const publish = async (count: number): Promise<void> => {
        for (let n = 0; n < count; n += 1) {
          const key = randomUUID();
          const event = {
            id: randomUUID(),
            event: 'api_key_created',
            aggregate: 'api_key',
            aggregate_id: key,
            occurred_at: new Date().toISOString(),
            actor: { kind: 'user', id: 'u1' },
            source: 'http',
            changes: {},
          };
          await jetstream(live).publish(happened.subject, JSON.stringify(event));
        }
      };
      for (let outage = 1; outage <= 3; outage += 1) {
        const before = pauses();
        await allowConnections(false);
        await publish(20);
        // One node may have taken all of them.
        await until('a node rests', () => pauses() > before, { limitMs: WAIT_MS });
        await allowConnections(true);
        await until(
          'everything is in the trail',
          async () => {
            const rows = await databases[0]?.query<{ n: number }>('SELECT count(*)::int AS n FROM platform.audit');
            return rows?.[0]?.n === outage * 20;
          },
          { limitMs: WAIT_MS },
        );
      }
      expect(letters).toBe(0);
      const audit = new Audit(databases[0] as Database, { secrets: ['the audit secret of tests'] });
      expect(await audit.verify()).toMatchObject({ ok: true, rows: 60 });
    },
    LIMIT_MS,
  );
});
