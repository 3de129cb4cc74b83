// Kills nodes with -9 one after another: every job is done, and none becomes a dead letter. `npm run chaos` runs more of them.
// Figures go to stdout.
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startChild, type Child } from '../../../../test/support/child.ts';
import { until } from '../../../../test/support/until.ts';
import { JOB_SERVERS, openJobsWorld, type JobsWorld } from '../../../../test/support/jobs/jobs-world.ts';
import type { JobQueue } from './job-queue.js';

const LONG = process.env['CHAOS'] === 'long';
const JOBS = LONG ? 50_000 : 500;
const KILLS = LONG ? 100 : 3;
const WORKERS = 3;
/** The time between the start of a worker's job and its kill. */
const PAUSE_MS = LONG ? 1_000 : 400;
const LOCK_MS = '1000';
/** A kill is no fault of the job here. */
const MAX_LOSSES = '1000';
const LIMIT_MS = LONG ? 900_000 : 120_000;

async function nothing(): Promise<void> {}

describe.each(JOB_SERVERS)('jobs on %s, on nodes that are killed', (server) => {
  let world: JobsWorld;
  let queue: JobQueue<number>;
  const workers: Child[] = [];

  beforeAll(async () => {
    world = await openJobsWorld(server);
    await world.database.query('CREATE SCHEMA baked');
    // Without a key, so that a second run would show.
    await world.database.query('CREATE TABLE baked.loaf (n integer NOT NULL)');
    const options = { name: 'baking', module: 'bakery', concurrency: 1, attempts: 3, backoffMs: 20, handle: nothing };
    queue = world.node().queue<number>(options);
  });
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.kill('SIGKILL')));
    await world?.close();
  });

  function start(index: number): void {
    const script = resolve(process.cwd(), 'test/support/jobs/jobs-worker.ts');
    const fromSources = resolve(process.cwd(), 'setup/source-loader.mjs');
    const args = ['--conditions=source', '--import', fromSources, script, world.databaseUrl, world.redisUrl ?? ''];
    workers[index] = startChild(process.execPath, [...args, LOCK_MS, MAX_LOSSES, 'work']);
  }

  async function count(): Promise<{ rows: number; done: number }> {
    const [counted] = await world.database.query<{ rows: number; done: number }>(
      'SELECT count(*)::int AS rows, count(DISTINCT n)::int AS done FROM baked.loaf',
    );
    return counted ?? { rows: 0, done: 0 };
  }

  test(
    'every job is done, and none becomes a dead letter',
    async () => {
      for (let index = 0; index < WORKERS; index += 1) start(index);
      const jobs = Array.from({ length: JOBS }, (_, n) => ({ name: 'bake', payload: n, deduplicateBy: `loaf ${n}` }));
      const adding = queue.addMany(jobs);
      for (let kills = 0; kills < KILLS; kills += 1) {
        // Only workers with a job are killed.
        const index = await until(
          'one works',
          () => workers.findIndex((worker) => worker.output().includes('ready')) + 1,
        );
        await delay(PAUSE_MS);
        await workers[index - 1]?.kill('SIGKILL');
        start(index - 1);
      }
      await adding;
      const figures = await until(
        'all are done',
        async () => {
          const { waiting, delayed, active, failed } = await queue.counts();
          return waiting + delayed + active + failed === 0 && (await count());
        },
        { limitMs: LIMIT_MS, pauseMs: 200 },
      );
      process.stdout.write(
        `jobs on ${server}: ${JOBS}, ${KILLS} kills of ${WORKERS} processes; ${figures.rows - figures.done} done twice\n`,
      );
      expect(figures.done).toBe(JOBS);
      expect((await world.letters.find({})).items).toEqual([]);
    },
    LIMIT_MS,
  );
});
