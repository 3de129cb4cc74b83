// Receivers of webhooks while clients write over two nodes, and the nodes that deliver and NATS are killed with -9. In the end, the
// state of each receiver equals the database, also of one that was down for the whole time.
// `npm run chaos` is the long run; here it is a short one. Figures go to stdout.
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { Webhook } from '@mono/webhooks/contract';
import { createInstallation, type Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { LoadClient } from './load.ts';
import { WebhookReader } from './webhook-reader.ts';

const LONG = process.env['CHAOS'] === 'long';
const KILLS = LONG ? 24 : 2;
const WRITERS = 4;
/** Each is sent to three receivers. */
const MOST_WRITES = LONG ? 20_000 : 600;
/** Between two kills. */
const PAUSE_MS = LONG ? 2_000 : 700;
/** A webhook that fails rests for five minutes at most. */
const REST = { limitMs: 600_000, pauseMs: 200 };
const LIMIT_MS = LONG ? 1_800_000 : 900_000;

let installation: Installation;
let database: Client;
let fronts: ServerProcess[];
let deliverers: ServerProcess[];
const readers: WebhookReader[] = [];
/** Ends the loops, also of a test that has failed. */
let stopped = false;

beforeAll(async () => {
  installation = await createInstallation();
  database = new Client({ connectionString: installation.database.url });
  await database.connect();
  fronts = [];
  for (let count = 0; count < 2; count += 1) fronts.push(await start('auth,tasks'));
  deliverers = [];
  for (let count = 0; count < 2; count += 1) deliverers.push(await start('webhooks'));
}, LIMIT_MS);
afterAll(async () => {
  stopped = true;
  for (const reader of readers) await reader.down();
  await database?.end();
  await installation?.end();
}, LIMIT_MS);

function start(modules: string): Promise<ServerProcess> {
  const settings = { WEBHOOKS_ALLOW_PRIVATE: 'true', WEBHOOKS_MAX_PENDING: '1000000' };
  return installation.startServer({ env: { MODULES: modules, ...settings } });
}

async function subscribe(): Promise<WebhookReader> {
  const reader = await WebhookReader.subscribe((fronts[0] as ServerProcess).api);
  readers.push(reader);
  return reader;
}

async function restartDeliverer(place: number): Promise<void> {
  await deliverers[place]?.kill('SIGKILL');
  deliverers[place] = await start('webhooks');
}

async function restartNats(): Promise<void> {
  await installation.nats.kill('SIGKILL');
  await installation.nats.restart();
}

async function tasks(): Promise<[string, number][]> {
  const { rows } = await database.query<{ id: string; version: number }>('SELECT id, version FROM tasks.task');
  return inOrder(rows.map(({ id, version }): [string, number] => [id, version]));
}

function inOrder(versions: Iterable<[string, number]>): [string, number][] {
  return [...versions].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

test(
  'the state of each receiver equals the database, in order, whichever process is killed',
  async () => {
    const [steady, shaky, absent] = [await subscribe(), await subscribe(), await subscribe()];
    await absent.down();
    const clients = Array.from(
      { length: WRITERS },
      (_, index) => new LoadClient(`writer-${index}`, () => fronts.map(({ api }) => api)),
    );
    const written = (): number => clients.reduce((sum, { figures }) => sum + figures.acknowledged, 0);
    const writing = Promise.all(clients.map((client) => client.writeUntil(() => stopped || written() >= MOST_WRITES)));
    for (let kill = 0; kill < KILLS; kill += 1) {
      await delay(PAUSE_MS);
      if (kill % 2 === 0) await shaky.down();
      else await shaky.up();
      if (kill % 2 === 1) await restartNats();
      else await restartDeliverer((kill / 2) % 2);
    }
    stopped = true;
    await writing;
    if (KILLS % 2 === 1) await shaky.up();
    const expected = await tasks();
    const equals = async (what: string, reader: WebhookReader): Promise<void> => {
      const isEqual = (): boolean => JSON.stringify(inOrder(reader.versions)) === JSON.stringify(expected);
      await until(what, isEqual, REST).catch(() => undefined);
      expect([what, inOrder(reader.versions)]).toEqual([what, expected]);
    };
    await equals('the receiver that was up', steady);
    await equals('the receiver that was down now and then', shaky);
    await absent.up();
    await equals('the receiver that was down', absent);
    for (const reader of readers) expect([reader.outOfOrder, reader.forged]).toEqual([0, 0]);
    const { body } = await (fronts[0] as ServerProcess).api.get<{ items: Webhook[] }>('/v1/webhooks');
    expect(body.items.map(({ enabled }) => enabled)).toEqual([true, true, true]);
    const repeats = readers.map((reader) => reader.repeats).join(', ');
    process.stdout.write(
      `chaos of webhooks: ${written()} writes, ${expected.length} tasks left, ${KILLS} kills; webhooks that came again: ${repeats}\n`,
    );
  },
  LIMIT_MS,
);
