// Readers follow the change feed over each way, while two nodes write tasks, and nodes, NATS and the node that holds the writer's lock
// are killed with -9. In the end, what each reader has received equals the database. `CHAOS=long` runs it for more than a minute.
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { ChangePage } from '@mono/changes/contract';
import { createInstallation, type Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { openFollowReader } from './changes/follow-reader.ts';
import { openPollReader } from './changes/poll-reader.ts';
import type { OpenReader, Reader } from './changes/reader.ts';
import { openStreamReader } from './changes/stream-reader.ts';

const READERS: readonly OpenReader[] = [openPollReader, openStreamReader, openFollowReader];

type Fault = 'writer' | 'front' | 'nats';
const LONG = process.env['CHAOS'] === 'long';
const ROUND: readonly Fault[] = LONG ? ['writer', 'front', 'writer', 'nats', 'front'] : ['writer', 'front', 'nats'];
const ROUNDS = LONG ? 6 : 1;
const WRITERS = 6;
const PAUSE_MS = 500;
const OUTAGE_MS = 1_000;
const REST = { limitMs: 240_000, pauseMs: 200 };
const LIMIT_MS = LONG ? 1_500_000 : 600_000;

let installation: Installation;
let database: Client;
let readers: Reader[] = [];
const [over, settled] = [new AbortController(), new AbortController()];
const fronts: ServerProcess[] = [];
/** Each connects as another user. */
const nodes: ServerProcess[] = [];

beforeAll(async () => {
  installation = await createInstallation();
  database = new Client({ connectionString: installation.database.url });
  await database.connect();
  for (let place = 0; place < 2; place += 1) fronts.push(await startFront());
  for (const place of [0, 1]) nodes.push(await startNode(place));
}, LIMIT_MS);
afterAll(async () => {
  // Also of a test that has failed.
  over.abort();
  settled.abort();
  await database?.end();
  await installation?.end();
}, LIMIT_MS);

function startFront(): Promise<ServerProcess> {
  return installation.startServer({ env: { MODULES: 'auth,tasks' } });
}

function startNode(place: number): Promise<ServerProcess> {
  const own = place === 0 ? {} : { DATABASE_URL_CHANGES: installation.database.url };
  return installation.startServer({ env: { MODULES: 'changes', ...own } });
}

function front(): ServerProcess {
  return fronts[Math.floor(Math.random() * fronts.length)] as ServerProcess;
}

async function count(sql: string): Promise<number> {
  return Number((await database.query<{ count: string }>(sql)).rows[0]?.count);
}

/** The place of the node that holds the writer's lock. */
async function writingPlace(): Promise<number> {
  const end = Date.now() + REST.limitMs;
  while (Date.now() < end) {
    const { rows } = await database.query<{ is_owner: boolean }>(
      `SELECT a.usename = current_user AS is_owner FROM pg_locks l JOIN pg_stat_activity a USING (pid)
       WHERE a.datname = current_database() AND l.relation = 'changes.feed'::regclass AND l.mode IN ('RowExclusiveLock', 'RowShareLock') AND l.granted`,
    );
    const [holder] = rows;
    if (holder) return holder.is_owner ? 1 : 0;
  }
  throw new Error('No node writes to the feed.');
}

async function strike(fault: Fault, turn: number): Promise<void> {
  if (fault === 'nats') {
    await installation.nats.kill('SIGKILL');
    await delay(OUTAGE_MS);
    await installation.nats.restart();
  } else if (fault === 'front') {
    const place = turn % fronts.length;
    await fronts[place]?.kill('SIGKILL');
    fronts[place] = await startFront();
  } else {
    const place = await writingPlace();
    await nodes[place]?.kill('SIGKILL');
    nodes[place] = await startNode(place);
  }
}

/** Creates, changes and deletes tasks. An unanswered request may have had its effect. */
async function write(): Promise<number> {
  let rounds = 0;
  const own: string[] = [];
  while (!over.signal.aborted) {
    const { api } = front();
    const { status, body } = await api
      .post<{ id: string }>('/v1/tasks', { title: `Task ${rounds}` })
      .catch(() => ({ status: 0, body: { id: '' } }));
    if (status === 201) own.push(body.id);
    else await delay(PAUSE_MS / 10);
    const [id] = own;
    if (id) await api.patch(`/v1/tasks/${id}`, { title: `Changed ${rounds}` }).catch(() => undefined);
    if (own.length > 10) await api.delete(`/v1/tasks/${own.shift()}`).catch(() => undefined);
    rounds += 1;
  }
  return rounds;
}

test(
  'the state of each reader equals the database, whatever dies',
  async () => {
    const { body } = await front().api.get<ChangePage>('/v1/changes?types=task');
    const place = { front, natsUrl: installation.nats.url, key: installation.key, since: body.next_token };
    readers = await Promise.all(READERS.map((open) => open(place)));
    const reading = readers.map((reader) => reader.follow(settled.signal).catch((error: unknown) => error));
    const began = Date.now();
    const writing = Array.from({ length: WRITERS }, write);
    const faults = Array.from({ length: ROUNDS }, () => ROUND).flat();
    for (const [turn, fault] of faults.entries()) {
      await delay(PAUSE_MS);
      await strike(fault, turn);
    }
    await delay(PAUSE_MS);
    over.abort();
    const rounds = (await Promise.all(writing)).reduce((sum, one) => sum + one, 0);
    const seconds = Math.round((Date.now() - began) / 1_000);
    await until(
      'every event is in the feed',
      async () =>
        (await count(`SELECT count(*) FROM tasks.outbox o WHERE payload->>'aggregate' = 'task'
          AND NOT EXISTS (SELECT FROM changes.change c WHERE c.event_id = o.event_id)`)) === 0,
      REST,
    );
    // No gap, and no event twice.
    expect(
      await count(`SELECT count(*) FROM changes.feed f WHERE f.position <>
        (SELECT count(*) FROM changes.change c WHERE c.workspace_id = f.workspace_id)`),
    ).toBe(0);
    const feed = await database.query<{ id: string }>(
      `SELECT event_id AS id FROM changes.change WHERE type = 'task' ORDER BY position`,
    );
    const ids = feed.rows.map(({ id }) => id);
    const tasks = await database.query<{ id: string; version: number }>(
      'SELECT id, version FROM tasks.task ORDER BY id',
    );
    const state = tasks.rows.map(({ id, version }) => [id, version]);
    await until(
      'each reader has all changes',
      () => readers.every(({ received }) => received.ids.length >= ids.length),
      REST,
    )
      // The comparison says more.
      .catch(() => undefined);
    settled.abort();
    expect(await Promise.all(reading)).toEqual(readers.map(() => undefined));
    for (const { name, received } of readers) {
      expect([name, received.repeats, received.tasks]).toEqual([name, 0, state]);
      expect([name, received.ids]).toEqual([name, ids]);
    }
    process.stdout.write(
      `chaos of changes: ${seconds} s, ${faults.length} kills, ${rounds} rounds of writes, ${state.length} tasks, ` +
        `${ids.length} changes; ${readers.map(({ name }) => name).join(', ')}: no gap, no repeat, in order\n`,
    );
  },
  LIMIT_MS,
);
