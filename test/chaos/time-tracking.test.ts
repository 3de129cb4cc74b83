// The history of tasks while publishing and consuming nodes are killed with -9. In the end, it equals the log of tasks row by
// row. `npm run chaos` takes 50,000 transitions; here it is a short run. Figures go to stdout.
import { setTimeout as delay } from 'node:timers/promises';
import { Test } from '@nestjs/testing';
import { Pool } from 'pg';
import { MembersClient } from '@mono/auth/contract';
import { migrate, openDatabase, type Database } from '@mono/platform';
import { controllersOf, localBus, nodeForTests } from '@mono/platform/testing';
import { clientOf } from '@mono/contract';
import { listsOperations, tasksOperations } from '@mono/tasks/contract';
import { tasksFeature } from '@mono/tasks/feature';
import { TasksModule } from '@mono/tasks/module';
import { timeTrackingFeature } from '@mono/time-tracking/feature';
import { startNats, type NatsProcess } from '../support/nats-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { until } from '../support/until.ts';
import { judge, type Verdict } from './time-tracking/judge.ts';
import { Lives } from './time-tracking/lives.ts';
import { Nodes } from './time-tracking/nodes.ts';

const JOINED_AT = '2026-01-01T00:00:00.000Z';
const LONG = process.env['CHAOS'] === 'long';
const SIZE = LONG ? { tasks: 2_500, transitionsOfTask: 20 } : { tasks: 200, transitionsOfTask: 10 };
/** The minimum number of kills, also during the rebuild. */
const KILLS = LONG ? 60 : 5;
const KILLS_OF_REBUILD = LONG ? 10 : 2;
/** A new node takes time to start. */
const PAUSE_MS = LONG ? 2_000 : 500;
const MODULES = [
  'tasks',
  'tasks',
  'time-tracking',
  'time-tracking',
  ...(LONG ? ['time-tracking', 'time-tracking'] : []),
];
const LIMIT_MS = LONG ? 2_400_000 : 450_000;
/** All users are members of every workspace. */
const everybody: Pick<MembersClient, 'memberships'> = {
  memberships: (_workspace, ids) => Promise.resolve(ids.map((user_id) => ({ user_id, joined_at: JOINED_AT }))),
};
const FEATURES = [tasksFeature, timeTrackingFeature];
const FEW = { tasks: 30, transitionsOfTask: 6 };
/** The statements of a transaction that writes history and publishes durations, including its commit. */
const STATEMENTS = 7;
const REST_LIMIT_MS = LIMIT_MS / 3;
const SHOWN = 10;

let place: TestDatabase;
let nats: NatsProcess;
let pool: Pool;
let tasks: Database;
let nodes: Nodes;

beforeEach(async () => {
  place = await createTestDatabase();
  nats = await startNats();
  nodes = new Nodes([place.url, nats.url], PAUSE_MS);
  pool = new Pool({ connectionString: place.url });
  for (const { name, migrations } of FEATURES) {
    const module = name.replaceAll('-', '_');
    const database = await openDatabase({
      module,
      url: place.url,
      poolSize: 20,
      statementTimeoutMs: LIMIT_MS,
      migrations,
    });
    await migrate(database, module);
    if (module === 'tasks') tasks = database;
    else await database.dataSource.destroy();
  }
  // A rebuild would repair losses.
  await pool.query('UPDATE time_tracking.rebuild SET finished_at = now()');
  await pool.query('CREATE SCHEMA chaos');
  await pool.query('CREATE TABLE chaos.letter (key text PRIMARY KEY, error json)');
});
afterEach(async () => {
  await nodes?.end();
  await tasks?.dataSource.destroy();
  await pool?.end();
  await nats?.stop();
  await place?.drop();
});

async function newLives(size: { tasks: number; transitionsOfTask: number }): Promise<Lives> {
  const imports = [nodeForTests({ databases: { tasks } }), TasksModule];
  const node = await Test.createTestingModule({ imports })
    .overrideProvider(MembersClient)
    .useValue(everybody)
    .compile();
  const bus = localBus(...controllersOf(node));
  return new Lives(clientOf(bus, { ...tasksOperations, ...listsOperations }), size);
}

/** Whether all events are published and the number of transitions is complete. */
async function isQuiet(): Promise<boolean> {
  const { rows } = await pool.query<{ left: number }>(
    `SELECT (SELECT count(*) FROM tasks.outbox WHERE published_at IS NULL)
       + (SELECT count(*) FROM time_tracking.outbox WHERE published_at IS NULL)
       + (SELECT count(*) FROM time_tracking.rebuild WHERE finished_at IS NULL)
       + abs((SELECT count(*) FROM tasks.status_transition) - (SELECT count(*) FROM time_tracking.transition)) AS left`,
  );
  return Number(rows[0]?.left) === 0;
}

/** The verdict once it is correct, or after a timeout. */
async function settled(): Promise<Verdict> {
  const end = Date.now() + REST_LIMIT_MS;
  const limit = { limitMs: REST_LIMIT_MS, pauseMs: 200 };
  await until('everything is told and heard', isQuiet, limit).catch(() => undefined);
  for (;;) {
    const verdict = await judge(pool);
    if (verdict.differences.length === 0 || Date.now() > end) return verdict;
    await delay(LONG ? 2_000 : 200);
  }
}

async function expectGood(): Promise<Verdict> {
  const verdict = await settled();
  expect(verdict.differences.slice(0, SHOWN)).toEqual([]);
  const { rows: letters } = await pool.query('SELECT * FROM chaos.letter');
  expect(letters).toEqual([]);
  return verdict;
}

async function toEnds(...work: readonly Promise<unknown>[]): Promise<void> {
  // Waits for all even if one fails, so that no started process outlives the test.
  for (const outcome of await Promise.allSettled(work)) if (outcome.status === 'rejected') throw outcome.reason;
}

test(
  'nodes are killed at random: the history is the log of tasks, also when it is filled again',
  async () => {
    for (const module of MODULES) nodes.start(module);
    const begin = Date.now();
    const lives = await newLives(SIZE);
    let isWriting = true;
    const writing = lives.run().finally(() => {
      isWriting = false;
    });
    await toEnds(
      writing,
      nodes.kill(KILLS, () => LONG && isWriting),
    );
    const writtenMs = Date.now() - begin;
    const { transitions, spans, told } = await expectGood();
    process.stdout.write(
      `time tracking: ${transitions} transitions of ${SIZE.tasks} tasks written in ${writtenMs} ms, ${nodes.kills} kills of ` +
        `${MODULES.length} nodes; ${spans} spans, ${told} durations told, complete after ${Date.now() - begin} ms\n`,
    );
    expect(transitions).toBe(lives.transitions);

    const again = Date.now();
    const kills = nodes.kills;
    await pool.query('TRUNCATE time_tracking.transition, time_tracking.span, time_tracking.task, time_tracking.outbox');
    await pool.query('INSERT INTO time_tracking.rebuild DEFAULT VALUES');
    await nodes.kill(KILLS_OF_REBUILD, () => false);
    await expectGood();
    process.stdout.write(
      `time tracking: filled again after ${Date.now() - again} ms and ${nodes.kills - kills} kills\n`,
    );
  },
  LIMIT_MS,
);

test(
  'a node dies after any statement of a transaction, and between the commit and its word for it: nothing is lost or done twice',
  async () => {
    for (const module of ['tasks', 'tasks']) nodes.start(module);
    const mortals = Array.from({ length: STATEMENTS }, (_, index) => nodes.start('time-tracking', index + 1));
    while (mortals.some((node) => node.ended() === undefined)) await (await newLives(FEW)).run();
    expect(mortals.map((node) => node.ended())).toEqual(mortals.map(() => 'SIGKILL'));
    const survivor = nodes.start('time-tracking');
    const { transitions } = await expectGood();
    expect(transitions).toBeGreaterThan(FEW.tasks);
    // Every statement was tried.
    expect(
      survivor
        .output()
        .match(/(?<=statement )\d+/g)
        ?.map(Number)
        .at(-1),
    ).toBe(STATEMENTS);
  },
  LIMIT_MS,
);
