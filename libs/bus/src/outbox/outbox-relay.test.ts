// The relay between a real PostgreSQL and a real nats-server, both of which are taken away from it.
import { randomUUID } from 'node:crypto';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { Pool } from 'pg';
import { startNatsServer, type NatsServer } from '../testing/nats-server.js';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.js';
import { until } from '../testing/until.js';
import { BusConnection } from '../connection/bus-connection.js';
import { OutboxRelay, type OutboxRelayOptions } from './outbox-relay.js';
import { OutboxSignal } from './outbox-signal.js';
import { alterOutboxV2, createOutboxV1 } from './outbox-table.js';

interface Heard {
  id: string;
  aggregate: string;
  version: number;
}

const MODULE = 'notes';
const STREAM = 'EVENTS_NOTES';
const silent = { info() {}, warn() {}, error() {} };

/** One statement, as a module writes: the change takes the row's lock, and its event goes with it. */
const CHANGE = `WITH changed AS (UPDATE note SET version = version + 1 WHERE id = $1 RETURNING id, version)
  INSERT INTO ${MODULE}.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
  SELECT $2, 'events.${MODULE}.v1.changed', id, version, clock_timestamp(), json_build_object('aggregate', id, 'text', $3::text) FROM changed`;

/** Per note 1, 2, 3 …, each once. */
function expectComplete(heard: readonly Heard[], notes: readonly string[], versions: number): void {
  const byNote = new Map(notes.map((note) => [note, [] as number[]]));
  for (const { aggregate, version } of heard) byNote.get(aggregate)?.push(version);
  const all = Array.from({ length: versions }, (_, index) => index + 1);
  for (const seen of byNote.values()) expect(seen).toEqual(all);
  expect(heard).toHaveLength(notes.length * versions);
}

describe('the outbox relay', () => {
  let place: TestDatabase;
  let nats: NatsServer;
  let pool: Pool;
  let reader: NatsConnection;
  let streams: JetStreamManager['streams'];
  const endings: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    place = await createTestDatabase();
    endings.push(() => place.drop());
    nats = await startNatsServer();
    endings.push(() => nats.stop());
    pool = newPool();
    for (const statement of [
      `CREATE SCHEMA ${MODULE}`,
      ...createOutboxV1(MODULE),
      ...alterOutboxV2(MODULE),
      'CREATE TABLE note (id uuid PRIMARY KEY, version integer NOT NULL DEFAULT 0)',
    ])
      await pool.query(statement);
    reader = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
    endings.push(() => reader.close());
    streams = (await jetstreamManager(reader)).streams;
  });
  afterEach(async () => {
    for (const end of endings.splice(0).toReversed()) await end();
  });

  function newPool(): Pool {
    const made = new Pool({ connectionString: place.url, max: 10 });
    made.on('error', () => {});
    endings.push(() => made.end());
    return made;
  }

  function startRelay(options: Partial<OutboxRelayOptions> = {}): { relay: OutboxRelay; signal: OutboxSignal } {
    const connection = new BusConnection({ url: nats.url, name: 'relay', logger: silent });
    const signal = new OutboxSignal();
    const relay = new OutboxRelay({
      module: MODULE,
      pool: newPool(),
      connection,
      signal,
      stream: { module: MODULE, maxAgeMs: 3_600_000, duplicateWindowMs: 120_000 },
      logger: silent,
      batchSize: 100,
      pollMs: 100,
      ...options,
    });
    connection.start();
    relay.start();
    endings.push(async () => {
      await relay.stop();
      await connection.close();
    });
    return { relay, signal };
  }

  async function makeNotes(count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, () => randomUUID());
    await pool.query('INSERT INTO note (id) SELECT unnest($1::uuid[])', [ids]);
    return ids;
  }

  async function change(id: string, text = 'small'): Promise<void> {
    await pool.query(CHANGE, [id, randomUUID(), text]);
  }

  /** Every note `times` times by 8 writers, none of which owns a note. */
  async function changeAll(notes: readonly string[], times: number, after: () => void): Promise<void> {
    const turns = Array.from({ length: times }, () => notes).flat();
    const write = async (): Promise<void> => {
      for (let note = turns.pop(); note !== undefined; note = turns.pop()) {
        await change(note);
        after();
      }
    };
    await Promise.all(Array.from({ length: 8 }, write));
  }

  async function inStream(): Promise<number> {
    return (await streams.info(STREAM).catch(() => undefined))?.state.messages ?? 0;
  }

  async function readStream(): Promise<Heard[]> {
    const { first_seq: first, last_seq: last } = (await streams.info(STREAM)).state;
    const heard: Heard[] = [];
    for (let seq = first; seq <= last; seq += 1) {
      const message = await streams.getMessage(STREAM, { seq });
      if (!message) continue;
      const event = message.json<Heard>();
      expect(message.header.get('Nats-Msg-Id')).toBe(event.id);
      heard.push(event);
    }
    return heard;
  }

  async function waiting(): Promise<number> {
    const { rows } = await pool.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${MODULE}.outbox WHERE published_at IS NULL`,
    );
    return rows[0]?.count ?? 0;
  }

  const allPublished = () => until('nothing waits', async () => (await waiting()) === 0);

  test('publishes a sudden backlog after the outbox was nearly empty', async () => {
    const { relay } = startRelay({ batchSize: 500 });
    const [note = ''] = await makeNotes(1);
    // Until PostgreSQL has settled on a plan.
    for (let round = 0; round < 10; round += 1) {
      await change(note);
      await allPublished();
    }
    const backlog = 20_000;
    await pool.query(
      `INSERT INTO ${MODULE}.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
       SELECT gen_random_uuid(), 'events.${MODULE}.v1.changed', gen_random_uuid(), 1, now(), '{}' FROM generate_series(1, $1)`,
      [backlog],
    );
    await until('the backlog is published', () => relay.publishedTotal === backlog + 10);
    expect(await inStream()).toBe(backlog + 10);
  });

  test('names the request that caused an event in the headers of its message', async () => {
    startRelay();
    await pool.query(
      `INSERT INTO ${MODULE}.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
       SELECT gen_random_uuid(), 'events.${MODULE}.v1.changed', gen_random_uuid(), 1, now(), p::json
       FROM unnest($1::text[]) AS p`,
      [['{"request_id":"0198-request"}', '{}']],
    );
    await allPublished();
    const [caused, other] = await Promise.all([1, 2].map((seq) => streams.getMessage(STREAM, { seq })));
    expect(caused?.header.get('X-Request-ID')).toBe('0198-request');
    expect(other?.header.get('X-Request-ID')).toBe('');
  });

  test('brings everything of concurrent writers, in the order of each aggregate', async () => {
    const { relay, signal } = startRelay();
    const notes = await makeNotes(20);
    await changeAll(notes, 50, () => signal.wake());
    await allPublished();
    expectComplete(await readStream(), notes, 50);
    expect(relay.publishedTotal).toBe(1_000);
  });

  test('another node continues after the leader loses its connection; repeats have the same id', async () => {
    const relays = [startRelay({ batchSize: 30 }), startRelay({ batchSize: 30 })];
    const published: Heard[] = [];
    // Beside the stream: it would not show a repeat.
    reader.subscribe(`events.${MODULE}.>`, {
      callback: (_error, message) => {
        const event = message.json<Heard>();
        published.push({ ...event, id: `${event.id} ${message.headers?.get('Nats-Msg-Id')}` });
      },
    });
    await reader.flush();
    const notes = await makeNotes(20);
    await until('one leads', () => relays.some(({ relay }) => relay.isLeader));
    expect(relays.filter(({ relay }) => relay.isLeader)).toHaveLength(1);
    let written = 0;
    const kills: Promise<unknown>[] = [];
    await changeAll(notes, 50, () => {
      for (const { signal } of relays) signal.wake();
      if ((written += 1) % 250 === 0)
        kills.push(
          pool.query(`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`),
        );
    });
    await Promise.all(kills);
    await allPublished();
    expectComplete(await readStream(), notes, 50);
    await reader.flush();
    const firsts = [...new Map(published.toReversed().map((event) => [event.id, event])).values()].toReversed();
    expect(firsts).toHaveLength(1_000);
    for (const { id } of firsts) expect(id).toMatch(/^(\S+) \1$/);
  });

  test('kill -9 of the bus during writes loses nothing and is no event’s fault', async () => {
    const { signal } = startRelay();
    const notes = await makeNotes(10);
    let written = 0;
    let blow: Promise<void> | undefined;
    await changeAll(notes, 40, () => {
      signal.wake();
      if ((written += 1) === 150) blow = nats.kill('SIGKILL');
    });
    await blow;
    expect(await waiting()).toBeGreaterThan(0);
    await nats.restart();
    await allPublished();
    await until('the reader is back', async () => (await inStream()) > 0);
    expectComplete(await readStream(), notes, 40);
    const { rows } = await pool.query(`SELECT max(attempts) AS attempts FROM ${MODULE}.outbox`);
    expect(rows).toEqual([{ attempts: 0 }]);
  });

  test('an event larger than the bus takes blocks its own aggregate alone', async () => {
    const { relay } = startRelay();
    const [large = '', small = ''] = await makeNotes(2);
    await change(large, 'x'.repeat(1_100_000));
    await change(large);
    await until('it is refused twice', () => relay.refusedTotal >= 2);
    for (let time = 0; time < 5; time += 1) await change(small);
    await until('the other aggregate arrives', async () => (await inStream()) === 5);
    expectComplete(await readStream(), [small], 5);
    const { rows } = await pool.query(
      `SELECT version, attempts > 1 AS tried, last_error FROM ${MODULE}.outbox WHERE aggregate_id = $1 ORDER BY seq`,
      [large],
    );
    expect(rows).toEqual([
      { version: 1, tried: true, last_error: expect.stringContaining('exceeds the limit') },
      { version: 2, tried: false, last_error: null },
    ]);
  });

  test('recreates a deleted stream and publishes stored events again', async () => {
    const { signal } = startRelay();
    const notes = await makeNotes(3);
    await changeAll(notes, 10, () => signal.wake());
    await allPublished();
    const before = await readStream();
    await streams.delete(STREAM);
    for (const note of notes) await change(note);
    await until('all are there again', async () => (await inStream()) === 33);
    const after = await readStream();
    expectComplete(after, notes, 11);
    expect(after.map(({ id }) => id)).toEqual(expect.arrayContaining(before.map(({ id }) => id)));
  });

  test('removes published events after their retention only', async () => {
    startRelay({ careMs: 100, keepMs: 3_600_000 });
    const notes = await makeNotes(3);
    for (const note of notes) await change(note);
    await allPublished();
    const [old, recent] = notes;
    for (const [note, age] of [
      [old, '2 hours'],
      [recent, '10 minutes'],
    ])
      await pool.query(`UPDATE ${MODULE}.outbox SET published_at = now() - $2::interval WHERE aggregate_id = $1`, [
        note,
        age,
      ]);
    const left = await until('the old row is gone', async () => {
      const { rows } = await pool.query<{ note: string }>(
        `SELECT aggregate_id AS note FROM ${MODULE}.outbox ORDER BY seq`,
      );
      return rows.length === 2 && rows;
    });
    expect(left.map(({ note }) => note)).toEqual(notes.slice(1));
    expect(await inStream()).toBe(3);
  });

  test('a leader that has lost the bus alone lets another lead', async () => {
    const own = await startNatsServer();
    endings.push(() => own.stop());
    // Its bus is another server at the same place in no one else's way: taken away, only this node loses it.
    const lonely = new BusConnection({ url: own.url, name: 'lonely', logger: silent });
    lonely.start();
    endings.push(() => lonely.close());
    const first = startRelay({ connection: lonely });
    await until('it leads', () => first.relay.isLeader);
    const second = startRelay();
    await own.kill('SIGKILL');
    const [note = ''] = await makeNotes(1);
    await change(note);
    await until('the other leads', () => second.relay.isLeader && !first.relay.isLeader);
    await until('the event is there', async () => (await inStream()) === 1);
    await until('it is marked', async () => (await waiting()) === 0);
    expect(await inStream()).toBe(1);
  });

  test('a row without a stream is refused and does not delay others', async () => {
    const { relay } = startRelay();
    const [wrong = '', fine = ''] = await makeNotes(2);
    await change(wrong);
    await pool.query(`UPDATE ${MODULE}.outbox SET subject = 'elsewhere.notes' WHERE aggregate_id = $1`, [wrong]);
    await change(fine);
    await until('it is refused', () => relay.refusedTotal >= 1);
    await until('the other is there', async () => (await inStream()) === 1);
    const { rows } = await pool.query(`SELECT last_error FROM ${MODULE}.outbox WHERE aggregate_id = $1`, [wrong]);
    expect(rows).toEqual([{ last_error: expect.stringContaining('elsewhere.notes') as string }]);
  });

  test('a change of the stream that the server refuses is a fault to see, and events go on', async () => {
    await streams.add({ name: STREAM, subjects: [`events.${MODULE}.>`], storage: 'memory' });
    const { relay } = startRelay();
    const [note = ''] = await makeNotes(1);
    await change(note);
    await until('the event is there', async () => (await inStream()) === 1);
    expect(relay.fault).toContain('not as declared');
  });

  test('an event without fields of its own is valid JSON', async () => {
    startRelay();
    const [note = ''] = await makeNotes(1);
    await pool.query(
      `INSERT INTO ${MODULE}.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
       VALUES ($1, 'events.${MODULE}.v1.empty', $2, 1, now(), '{ }')`,
      [randomUUID(), note],
    );
    await until('it is there', async () => (await inStream()) === 1);
    expect(await readStream()).toEqual([expect.objectContaining({ version: 1 })]);
  });

  test('republishes events since an instant', async () => {
    const { relay } = startRelay();
    const [old = '', recent = ''] = await makeNotes(2);
    await change(old);
    await allPublished();
    await pool.query(`UPDATE ${MODULE}.outbox SET occurred_at = now() - interval '1 hour'`);
    await change(recent);
    await allPublished();
    await streams.purge(STREAM);
    expect(await relay.republish(new Date(Date.now() - 60_000))).toBe(1);
    await allPublished();
    expect(
      (await pool.query(`SELECT count(*)::int AS n FROM ${MODULE}.outbox WHERE published_at IS NOT NULL`)).rows,
    ).toEqual([{ n: 2 }]);
  });
});
