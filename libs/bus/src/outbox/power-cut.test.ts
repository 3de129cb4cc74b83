// After a power cut, every committed event takes effect once and in order, without an operator.
import { randomUUID } from 'node:crypto';
import { cp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { Pool } from 'pg';
import { startNatsServer, type NatsServer } from '../testing/nats-server.js';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.js';
import { until } from '../testing/until.js';
import { Bus } from '../bus.js';
import { BusConnection } from '../connection/bus-connection.js';
import { defineEvent } from '../contracts/contract.js';
import { createInboxV1 } from './inbox-table.js';
import { onceByInbox } from './inbox.js';
import { OutboxRelay, type OutboxRelayOptions } from './outbox-relay.js';
import { OutboxSignal } from './outbox-signal.js';
import { alterOutboxV2, createOutboxV1 } from './outbox-table.js';

class Changed {
  id: string;
  note: string;
  version: number;
}

const MODULE = 'notes';
const STREAM = 'EVENTS_NOTES';
const CONSUMER = 'reader';
const changed = defineEvent({ module: MODULE, name: 'changed', event: Changed });

const CHANGE = `WITH changed AS (UPDATE note SET version = version + 1 RETURNING id, version)
  INSERT INTO ${MODULE}.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
  SELECT gen_random_uuid(), '${changed.subject}', id, version, clock_timestamp(), json_build_object('note', id) FROM changed`;

interface Line {
  message: string;
  facts: Record<string, unknown>;
}

describe('after a power cut', () => {
  let place: TestDatabase;
  let nats: NatsServer;
  let pool: Pool;
  let admin: NatsConnection;
  let streams: JetStreamManager['streams'];
  let log: Line[];
  let notes: string[];
  let changes: number;
  let reading: (() => Promise<void>) | undefined;
  const endings: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    log = [];
    changes = 0;
    place = await createTestDatabase();
    endings.push(() => place.drop());
    nats = await startNatsServer();
    endings.push(() => nats.stop());
    pool = new Pool({ connectionString: place.url, max: 10 });
    pool.on('error', () => {});
    endings.push(() => pool.end());
    for (const statement of [
      `CREATE SCHEMA ${MODULE}`,
      ...createOutboxV1(MODULE),
      ...alterOutboxV2(MODULE),
      ...createInboxV1(MODULE),
      'CREATE TABLE note (id uuid PRIMARY KEY, version integer NOT NULL DEFAULT 0)',
      'CREATE TABLE effect (at bigint GENERATED ALWAYS AS IDENTITY, note uuid NOT NULL, version integer NOT NULL)',
    ])
      await pool.query(statement);
    notes = Array.from({ length: 3 }, () => randomUUID());
    await pool.query('INSERT INTO note (id) SELECT unnest($1::uuid[])', [notes]);
    admin = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
    endings.push(() => admin.close());
    streams = (await jetstreamManager(admin)).streams;
  });
  afterEach(async () => {
    await pauseReading();
    for (const end of endings.splice(0).toReversed()) await end();
  });

  const write = (facts: object, message: string): void =>
    void log.push({ message, facts: facts as Record<string, unknown> });
  const logger = { info: write, warn: write, error: write };

  function newConnection(): BusConnection {
    const connection = new BusConnection({ url: nats.url, name: 'test', logger });
    connection.start();
    return connection;
  }

  function startRelay(options: Partial<OutboxRelayOptions> = {}): OutboxRelay {
    const connection = newConnection();
    const relay = new OutboxRelay({
      module: MODULE,
      pool,
      connection,
      signal: new OutboxSignal(),
      stream: { module: MODULE, maxAgeMs: 3_600_000, duplicateWindowMs: 120_000 },
      logger,
      pollMs: 50,
      ...options,
    });
    relay.start();
    endings.push(async () => {
      await relay.stop();
      await connection.close();
    });
    return relay;
  }

  function startReading(): void {
    const connection = newConnection();
    const bus = new Bus({ connection, logger, secrets: ['a secret of tests'] });
    bus.onDurableEvent([changed], (event) => take(event), {
      consumer: CONSUMER,
      module: 'reading',
      ackWaitMs: 3_000,
      key: (event) => event.note,
    });
    bus.start();
    reading = async () => {
      await bus.drain(5_000);
      await connection.close();
    };
  }

  async function pauseReading(): Promise<void> {
    await reading?.();
    reading = undefined;
  }

  async function take({ id, note, version }: Changed): Promise<void> {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      await onceByInbox(client, { schema: MODULE, consumer: CONSUMER, eventId: id }, async () => {
        await client.query('INSERT INTO effect (note, version) VALUES ($1, $2)', [note, version]);
      });
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  }

  /** Changes every note that many times. */
  async function change(times: number): Promise<void> {
    for (let time = 0; time < times; time += 1) await pool.query(CHANGE);
    changes += times;
  }

  async function allPublished(): Promise<void> {
    await until('nothing waits', async () => {
      const { rowCount } = await pool.query(`SELECT FROM ${MODULE}.outbox WHERE published_at IS NULL`);
      return rowCount === 0;
    });
  }

  async function allTaken(): Promise<void> {
    await until('every event has its effect', async () => {
      const { rows } = await pool.query<{ n: number }>('SELECT count(DISTINCT (note, version))::int AS n FROM effect');
      return rows[0]?.n === notes.length * changes;
    });
    const { rows } = await pool.query<Pick<Changed, 'note' | 'version'>>(
      'SELECT note, version FROM effect ORDER BY at',
    );
    const all = Array.from({ length: changes }, (_, index) => index + 1);
    for (const id of notes) {
      expect(rows.filter(({ note }) => note === id).map(({ version }) => version)).toEqual(all);
    }
  }

  async function allAcknowledged(): Promise<void> {
    await until('the consumer is at the end', async () => {
      const { consumers } = await jetstreamManager(admin);
      const info = await consumers.info(STREAM, CONSUMER);
      return info.num_pending + info.num_ack_pending === 0;
    });
  }

  async function messagesDirectory(): Promise<string> {
    const accounts = join(nats.store, 'jetstream');
    const [account = ''] = await readdir(accounts);
    return join(accounts, account, 'streams', STREAM, 'msgs');
  }

  function logged(message: string): Record<string, unknown>[] {
    return log.filter((line) => line.message === message).map(({ facts }) => facts);
  }

  const cutOffTail = async (): Promise<void> => {
    const directory = await messagesDirectory();
    const blocks = (await readdir(directory)).filter((name) => name.endsWith('.blk'));
    const last = join(directory, blocks.toSorted((a, b) => Number.parseInt(a) - Number.parseInt(b)).at(-1) ?? '');
    await truncate(last, Math.floor((await stat(last)).size * 0.6));
  };

  /** The damage of the files, the loss, and whether consumers that received everything are ahead afterwards. */
  const damages: [string, 'tail' | 'stream', boolean, (before: string) => Promise<void>][] = [
    ['the tail of the stream is lost', 'tail', true, cutOffTail],
    [
      'the files of the stream are older than those of its consumers',
      'tail',
      true,
      async (before) => {
        const directory = await messagesDirectory();
        await rm(directory, { recursive: true });
        await cp(join(before, directory.slice(nats.store.length)), directory, { recursive: true });
      },
    ],
    [
      'all files are older',
      'tail',
      false,
      async (before) => {
        await rm(nats.store, { recursive: true });
        await cp(before, nats.store, { recursive: true });
      },
    ],
    ['the volume is lost', 'stream', false, () => rm(nats.store, { recursive: true })],
  ];

  describe.each(damages)('in which %s', (_what, loss, ahead, damage) => {
    test.each([
      ['that had been received', true],
      ['that had not been received', false],
    ])('events %s take effect once and in order, and so do the next ones', async (_which, heard) => {
      const before = `${nats.store}-before`;
      endings.push(() => rm(before, { recursive: true, force: true }));
      startRelay();
      startReading();
      await change(5);
      await allPublished();
      await allTaken();
      await allAcknowledged();
      await cp(nats.store, before, { recursive: true });
      if (!heard) await pauseReading();
      await change(6);
      await allPublished();
      if (heard) {
        await allTaken();
        await allAcknowledged();
      }
      await nats.kill('SIGTERM');
      await damage(before);
      await nats.restart();
      if (!heard) startReading();
      await change(7);
      await allTaken();
      await allPublished();
      await allAcknowledged();
      const lost = logged('The stream has lost events; publishing them again');
      expect(lost.reduce((sum, { events }) => sum + (events as number), 0)).toBeGreaterThan(0);
      expect(lost[0]).toMatchObject({ module: MODULE, lost: loss });
      const resets = logged('A consumer was ahead of its stream and was reset');
      expect(resets.length).toBeGreaterThanOrEqual(heard && ahead ? 1 : 0);
    });
  });

  test('after a failure at any step of the repair, the next leader finds the loss again', async () => {
    startRelay();
    startReading();
    await change(10);
    await allPublished();
    await allAcknowledged();
    // Sequences are not rolled back, so that one of three statements fails.
    for (const statement of [
      'CREATE SEQUENCE blow',
      `CREATE FUNCTION blow() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF nextval('public.blow') % 3 = 1 THEN RAISE 'blow'; END IF; RETURN NULL; END $$`,
      `CREATE TRIGGER blow BEFORE UPDATE ON ${MODULE}.outbox EXECUTE FUNCTION blow()`,
    ])
      await pool.query(statement);
    await nats.kill('SIGTERM');
    await cutOffTail();
    await nats.restart();
    await change(5);
    await allTaken();
    await allPublished();
    const { rows } = await pool.query<{ blows: number }>('SELECT last_value::int AS blows FROM blow');
    expect(rows[0]?.blows).toBeGreaterThan(3);
  });

  test('detects a rollback of the connected stream by sequences that are assigned twice', async () => {
    startRelay();
    startReading();
    await change(5);
    await allPublished();
    await allTaken();
    const { config } = await streams.info(STREAM);
    await streams.delete(STREAM);
    await streams.add(config);
    await change(1);
    await allPublished();
    await allTaken();
    await until('all events are there again', async () => (await streams.info(STREAM)).state.messages >= 18);
    expect(logged('The stream was rolled back')).toHaveLength(1);
  });

  test.each([
    ['a message in the middle', ['gaps'], () => streams.deleteMessage(STREAM, 4)],
    // A concurrent comparison finds the last ones missing.
    ['all messages', ['head', 'tail'], () => streams.purge(STREAM)],
  ])('publishes %s that the stream misses again', async (_what, lost, damage) => {
    startRelay({ careMs: 200 });
    await change(5);
    await allPublished();
    const before = await ids();
    await damage();
    await until('the stream is whole', async () => (await ids()).size === before.size);
    expect(await ids()).toEqual(before);
    await allPublished();
    const [said] = logged('The stream has lost events; publishing them again') as { lost: string }[];
    expect(lost).toContain(said?.lost);
  });

  test('finds lost rows that a node of an earlier release has published', async () => {
    startRelay();
    await change(5);
    await allPublished();
    const before = await ids();
    await pool.query(`UPDATE ${MODULE}.outbox SET stream_seq = NULL WHERE version > 3`);
    await nats.kill('SIGTERM');
    await rm(nats.store, { recursive: true });
    await nats.restart();
    await until('all events are there again', async () => (await ids()).size === before.size);
    expect(await ids()).toEqual(before);
  });

  /** The ids of all events in the stream. */
  async function ids(): Promise<Set<string>> {
    const all = new Set<string>();
    const info = await streams.info(STREAM).catch(() => undefined);
    if (!info) return all;
    for (let seq = info.state.first_seq; seq <= info.state.last_seq; seq += 1) {
      const message = await streams.getMessage(STREAM, { seq });
      if (message) all.add(message.json<Changed>().id);
    }
    return all;
  }
});
