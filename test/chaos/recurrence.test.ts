// Creates, updates and deletes templates of all kinds over REST while one of four workers is killed with -9 every second. In
// the end, the tasks are exactly those of the previews. `npm run chaos` is the long run; here it is a short one. Figures go to
// stdout.
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../support/api-client.ts';
import { createInstallation, type Installation } from '../support/installation.ts';
import { startRedis, type RedisProcess } from '../support/redis-process.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { plant, type Plot } from './recurrence/fates.ts';
import { Gardener } from './recurrence/gardener.ts';
import { atRest, judge, query, type Verdict } from './recurrence/judge.ts';
import { Workers } from './recurrence/workers.ts';

const LONG = process.env['CHAOS'] === 'long';
const TEMPLATES = LONG ? 1_000 : 40;
const KILLS = LONG ? 60 : 4;
const WORKERS = 4;
const GARDENERS = 8;
const REST_LIMIT_MS = LONG ? 600_000 : 240_000;
const LIMIT_MS = LONG ? 1_500_000 : 600_000;
const PAUSE_MS = 2_000;
const SHOWN = 20;

const BACKENDS = LONG ? ['PostgreSQL', 'Redis'] : ['PostgreSQL'];

describe.each(BACKENDS)('four workers, jobs in %s, one killed every second', (backend) => {
  let installation: Installation;
  let redis: RedisProcess | undefined;
  let front: ServerProcess;
  let workers: Workers;

  beforeAll(async () => {
    installation = await createInstallation();
    redis = backend === 'Redis' ? await startRedis() : undefined;
    // Another worker takes the job of a killed one after its lock has expired.
    const brief = { RECURRENCE_RECONCILE_SECONDS: '1', RECURRENCE_LOCK_SECONDS: '5' };
    const env = { ...brief, ...(redis ? { REDIS_URL: redis.url } : {}) };
    const start = (modules: string): Promise<ServerProcess> =>
      installation.startServer({ env: { ...env, MODULES: modules } });
    // The node that serves requests; the workers run the tested modules.
    front = await start('auth,notifications');
    workers = new Workers(() => start('tasks,recurrence'));
    await workers.hire(WORKERS);
  }, LIMIT_MS);
  afterAll(async () => {
    await installation?.end();
    await redis?.stop();
  }, LIMIT_MS);

  const reachable = (): ApiClient[] => [front.api, ...workers.reachable()];

  test(
    'there are the tasks of the previews, exactly',
    async () => {
      const begin = Date.now();
      const gardeners = Array.from({ length: GARDENERS }, () => new Gardener(reachable));
      const plots: Plot[] = [];
      const numbers = Array.from({ length: TEMPLATES }, (_, number) => number).values();
      const work = Promise.all(
        gardeners.map(async (gardener) => {
          for (const number of numbers) plots.push(await plant(gardener, number));
        }),
      );
      // Waits for both, so that no started process outlives the test.
      for (const outcome of await Promise.allSettled([work, workers.kill(KILLS)]))
        if (outcome.status === 'rejected') throw outcome.reason;
      const plantedMs = Date.now() - begin;
      const verdict = await settled(plots);
      const settledMs = Date.now() - begin;
      tell(plots, gardeners, { plantedMs, settledMs, tasks: verdict.tasks });
      expect(verdict.differences.slice(0, SHOWN)).toEqual([]);

      // After a kill of all workers, new ones find nothing to do.
      await workers.killAll();
      await workers.hire(1);
      const again = await settled(plots);
      expect(again.differences.slice(0, SHOWN)).toEqual([]);
      const letters = await query(installation.database.url, 'SELECT subject, error_code FROM platform.dead_letter');
      expect(letters).toEqual([]);
      expect(verdict.tasks).toBeGreaterThan(TEMPLATES * 5);
    },
    LIMIT_MS,
  );

  /** The verdict once nothing is pending, or after a timeout. */
  async function settled(plots: readonly Plot[]): Promise<Verdict> {
    const { url } = installation.database;
    const gardener = new Gardener(reachable);
    await atRest(url, REST_LIMIT_MS);
    const end = Date.now() + REST_LIMIT_MS;
    for (;;) {
      const verdict = await judge(gardener, url, plots);
      if (verdict.differences.length === 0 || Date.now() > end) return verdict;
      await delay(PAUSE_MS);
    }
  }

  function tell(
    plots: readonly Plot[],
    gardeners: readonly Gardener[],
    { plantedMs, settledMs, tasks }: { plantedMs: number; settledMs: number; tasks: number },
  ): void {
    const sum = (field: 'requests' | 'retried'): number =>
      gardeners.reduce((total, gardener) => total + gardener[field], 0);
    const touched = plots.filter(({ fate }) => fate !== 'left alone').length;
    process.stdout.write(
      `chaos: jobs in ${backend}: ${plots.length} templates, ${touched} of them changed, by ${sum('requests')} requests ` +
        `with ${sum('retried')} retries in ${plantedMs} ms; ${workers.kills} workers killed, ${workers.misses} seconds ` +
        `without one to kill; ${tasks} tasks, complete after ${settledMs} ms\n`,
    );
  }
});
