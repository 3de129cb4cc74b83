// Events through relay and consumer while both are killed with -9 at random: each has its effect once, none is lost.
// `npm run chaos` takes 100,000 of them; here it is a short run. Figures go to stdout.
import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'pg';
import { alterOutboxV2, createInboxV1, createOutboxV1 } from '@mono/bus/outbox';
import { startChild, type Child } from '../support/child.ts';
import { startNats, type NatsProcess } from '../support/nats-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { until } from '../support/until.ts';

const LONG = process.env['CHAOS'] === 'long';
const EVENTS = LONG ? 100_000 : 4_000;
const NOTES = 200;
const PER_COMMIT = 20;
/** Between two kills. */
const PAUSE_MS = LONG ? 400 : 300;
const LIMIT_MS = LONG ? 900_000 : 300_000;
const WORKERS = ['relay', 'relay', 'consumer', 'consumer', 'consumer'];

interface Figures {
  effects: number;
  events: number;
  behind: number;
}

describe('events through relays and consumers that are killed at random', () => {
  let place: TestDatabase;
  let nats: NatsProcess;
  let pool: Pool;
  const workers: Child[] = [];

  beforeAll(async () => {
    place = await createTestDatabase();
    nats = await startNats();
    pool = new Pool({ connectionString: place.url });
    for (const statement of [
      'CREATE SCHEMA notes',
      ...createOutboxV1('notes'),
      ...alterOutboxV2('notes'),
      'CREATE TABLE notes.note (id uuid PRIMARY KEY, version integer NOT NULL DEFAULT 0)',
      'CREATE SCHEMA reading',
      ...createInboxV1('reading'),
      // Without a key: a second effect would stand here beside the first.
      'CREATE TABLE reading.effect (event_id uuid, aggregate uuid, version integer)',
      'CREATE TABLE reading.letter (key text PRIMARY KEY)',
      `INSERT INTO notes.note (id) SELECT gen_random_uuid() FROM generate_series(1, ${NOTES})`,
    ]) {
      await pool.query(statement);
    }
  });
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.kill('SIGKILL')));
    await pool?.end();
    await nats?.stop();
    await place?.drop();
  });

  function start(index: number): void {
    const script = resolve(import.meta.dirname, `workers/${WORKERS[index]}.ts`);
    workers[index] = startChild(process.execPath, [script, place.url, nats.url]);
  }

  /** As a module writes: the change takes the row's lock, and its event goes with it. */
  async function write(): Promise<void> {
    await pool.query(
      `WITH changed AS (
         UPDATE notes.note SET version = version + 1
         WHERE id IN (SELECT id FROM notes.note ORDER BY random() LIMIT $1) RETURNING id, version)
       INSERT INTO notes.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
       SELECT gen_random_uuid(), 'events.notes.v1.changed', id, version, clock_timestamp(), json_build_object('aggregate', id)
       FROM changed`,
      [PER_COMMIT],
    );
  }

  async function count(): Promise<Figures> {
    const { rows } = await pool.query<Figures>(
      `SELECT count(*)::int AS effects, count(DISTINCT event_id)::int AS events,
         (SELECT sum(version)::int FROM notes.note) - count(DISTINCT (aggregate, version))::int AS behind FROM reading.effect`,
    );
    return rows[0] ?? { effects: 0, events: 0, behind: 0 };
  }

  test(
    'each has its effect once',
    async () => {
      WORKERS.forEach((_kind, index) => start(index));
      const begin = Date.now();
      let kills = 0;
      let written = 0;
      const writing = (async () => {
        for (; written < EVENTS; written += PER_COMMIT) {
          await write();
          if (LONG) await delay(5);
        }
      })();
      const goesOn = async (): Promise<boolean> => written < EVENTS || (await count()).events < EVENTS / 2;
      const killing = (async () => {
        while (await goesOn()) {
          await delay(PAUSE_MS);
          const index = randomInt(WORKERS.length);
          await workers[index]?.kill('SIGKILL');
          start(index);
          kills += 1;
          // On a busy machine all would be killed before any of them does something.
          const { events } = await count();
          await until('a worker goes on', async () => (await count()).events > events || !(await goesOn()), {
            limitMs: LIMIT_MS,
            pauseMs: 100,
          });
        }
      })();
      await Promise.all([writing, killing]);
      const figures = await until(
        'every event has had its effect',
        async () => {
          const now = await count();
          return now.behind === 0 && now;
        },
        { limitMs: LIMIT_MS, pauseMs: 200 },
      );
      const { rows: letters } = await pool.query('SELECT key FROM reading.letter');
      process.stdout.write(
        `exactly once: ${EVENTS} events, ${kills} kills of ${WORKERS.length} processes, ${Date.now() - begin} ms; ` +
          `${figures.effects} effects of ${figures.events} events, ${letters.length} dead letters\n`,
      );
      expect(kills).toBeGreaterThan(3);
      expect(figures).toEqual({ effects: EVENTS, events: EVENTS, behind: 0 });
      expect(letters).toEqual([]);
    },
    LIMIT_MS,
  );
});
