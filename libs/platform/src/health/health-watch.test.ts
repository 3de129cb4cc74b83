import { until } from '../../../../test/support/until.ts';
import { Health, type Problem } from './health.js';
import { HealthWatch } from './health-watch.js';

const full: Problem = { code: 'store_full', reason: 'Streams take 6 of 6 MiB (100 %).', remedy: 'Free space.' };

test('logs each change of a limit once, and shows it in readiness with its remedy', async () => {
  const lines: [string, object][] = [];
  const write = (facts: object, message: string): void => void lines.push([message, facts]);
  let found: Problem | undefined;
  let looks = 0;
  let away = false;
  const look = (): Promise<Problem | undefined> => {
    looks += 1;
    return away ? Promise.reject(new Error('The database cannot be reached.')) : Promise.resolve(found);
  };
  const watch = new HealthWatch(
    [{ component: 'streams', look }],
    { info: write, warn: write } as ConstructorParameters<typeof HealthWatch>[1],
    5,
  );
  const health = new Health([
    { name: 'database', required: true, isUp: () => true },
    { name: 'streams', required: false, isUp: () => true, problem: () => watch.problemOf('streams') },
  ]);
  health.state = 'ready';
  const looked = async (times: number): Promise<unknown> => {
    const enough = looks + times;
    return until('it has checked', () => looks >= enough);
  };
  watch.start();
  try {
    await looked(2);
    expect(await health.readiness()).toEqual({ status: 'ready', components: { database: 'up', streams: 'up' } });
    found = full;
    await looked(3);
    found = { ...full, reason: 'Streams take 6 of 6 MiB (101 %).' };
    await looked(3);
    const degraded = {
      status: 'degraded',
      components: { database: 'up', streams: 'degraded' },
      problems: [{ component: 'streams', ...found }],
    };
    expect(await health.readiness()).toEqual(degraded);
    away = true;
    await looked(3);
    // The last known state is kept.
    expect(await health.readiness()).toEqual(degraded);
    away = false;
    found = undefined;
    await looked(3);
    expect(await health.readiness()).toMatchObject({ status: 'ready' });
    expect(lines).toEqual([
      ['Component degraded', { component: 'streams', ...full }],
      ['Failed to check health', { component: 'streams', err: expect.any(Error) as Error }],
      ['Component recovered', { component: 'streams', code: 'store_full' }],
    ]);
  } finally {
    await watch.stop();
  }
});
