import { until } from '../../../../test/support/until.ts';
import { Periodic } from './periodic.js';

describe('periodic work', () => {
  test('can start at once, and continues after a failure', async () => {
    const errors: unknown[] = [];
    let rounds = 0;
    const work = new Periodic(
      () => {
        rounds += 1;
        return rounds === 1 ? Promise.reject(new Error('on purpose')) : Promise.resolve();
      },
      { intervalMs: 1, atOnce: true, onError: (error) => errors.push(error) },
    );
    work.start();
    expect(rounds).toBe(1);
    await until('it goes on', () => rounds >= 3);
    await work.stop();
    expect(errors).toEqual([new Error('on purpose')]);
  });

  test('a stop waits for the round under way, and is the end', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let rounds = 0;
    const work = new Periodic(
      () => {
        rounds += 1;
        return promise;
      },
      { intervalMs: 1, onError: () => {} },
    );
    work.start();
    await until('a round is under way', () => rounds === 1);
    let stopped = false;
    const stop = work.stop().then(() => (stopped = true));
    await new Promise(setImmediate);
    expect(stopped).toBe(false);
    resolve();
    await stop;
    await new Promise((done) => setTimeout(done, 10));
    expect(rounds).toBe(1);
  });
});
