// Events that code writes, on a real PostgreSQL.
import { alterOutboxV2, createOutboxV1 } from '@mono/bus/outbox';
import { defineEvents, EventBody } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.ts';
import type { Database } from '../database/database.js';
import { openDatabase } from '../database/open-database.js';
import { OnEvent } from './on-event.js';
import { outbox, type NewEvent } from './outbox.js';

class Baked extends EventBody {
  event: 'baked';
  aggregate: 'loaf';
  grams: number;
}
class Sold extends EventBody {
  event: 'sold';
  aggregate: 'loaf';
  price: number;
}
const bakeryEvents = defineEvents('corner-bakery', { baked: Baked, sold: Sold });

let place: TestDatabase;
let database: Database;

beforeAll(async () => {
  place = await createTestDatabase();
  const pool = { poolSize: 4, statementTimeoutMs: 60_000, migrations: [] };
  database = await openDatabase({ module: 'corner-bakery', url: place.url, ...pool });
  await database.query('CREATE SCHEMA IF NOT EXISTS corner_bakery');
  for (const statement of [...createOutboxV1('corner_bakery'), ...alterOutboxV2('corner_bakery')])
    await database.query(statement);
});
beforeEach(() => database.query('TRUNCATE corner_bakery.outbox'));
afterAll(async () => {
  await database?.dataSource.destroy();
  await place?.drop();
});

function loaf(): NewEvent<Baked> {
  const actor = { kind: 'system', id: 'oven' } as const;
  return { aggregate: 'loaf', aggregate_id: uuidv7(), version: 1, actor, request_id: 'r', changes: {}, grams: 500 };
}

test('an event is a row of the outbox of its module, under its own subject and name', async () => {
  const { version, ...facts } = loaf();
  const given = { id: uuidv7(), occurred_at: '2026-01-02T03:04:05.678Z' };
  await outbox.add(database, bakeryEvents.baked, { ...facts, version, ...given });
  expect(
    await database.query(
      'SELECT event_id, subject, aggregate_id, version, occurred_at, payload FROM corner_bakery.outbox',
    ),
  ).toEqual([
    {
      event_id: given.id,
      subject: 'events.corner-bakery.v1.baked',
      aggregate_id: facts.aggregate_id,
      version: 1,
      occurred_at: given.occurred_at,
      payload: { event: 'baked', ...facts },
    },
  ]);
});

test('several are written in their order, each with an id and the time of now', async () => {
  const loaves = [loaf(), loaf(), loaf()];
  await outbox.add(database, bakeryEvents.baked, ...loaves);
  const rows = await database.query<{ event_id: string; aggregate_id: string; occurred_at: string }>(
    'SELECT event_id, aggregate_id, occurred_at FROM corner_bakery.outbox ORDER BY seq',
  );
  expect(rows.map(({ aggregate_id: id }) => id)).toEqual(loaves.map(({ aggregate_id: id }) => id));
  expect(new Set(rows.map(({ event_id: id }) => id)).size).toBe(3);
  expect(rows.every(({ occurred_at: at }) => Math.abs(Date.parse(at) - Date.now()) < 3_600_000)).toBe(true);
});

test('an event of a transaction that is rolled back was never there', async () => {
  const failing = database.transaction(async (on) => {
    await outbox.add(on, bakeryEvents.baked, loaf());
    throw new Error('the oven is cold');
  });
  await expect(failing).rejects.toThrow('the oven is cold');
  expect(await database.query('SELECT FROM corner_bakery.outbox')).toEqual([]);
});

// @ts-expect-error -- the body of another event
const addWrongBody = (): Promise<void> => outbox.add(database, bakeryEvents.sold, loaf());

test('bodies are typed by the values of their events', () => {
  class Consumer {
    @OnEvent([bakeryEvents.baked, bakeryEvents.sold], {
      consumer: 'shop',
      module: 'shop',
      key: ({ aggregate_id: id }) => id,
    })
    async consume(body: Baked | Sold): Promise<void> {
      await Promise.resolve(body.event === 'baked' ? body.grams : body.price);
    }

    // @ts-expect-error -- not all of the events have this body
    @OnEvent([bakeryEvents.baked, bakeryEvents.sold], { consumer: 'other', module: 'shop' })
    async consumeOne(body: Baked): Promise<void> {
      await Promise.resolve(body.grams);
    }
  }
  expect([addWrongBody, Consumer]).toHaveLength(2);
});
