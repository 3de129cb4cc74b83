import { createLogger } from '../logging/logger.js';
import { Metrics } from '../metrics/metrics.js';
import type { JobLetters } from './job-letters.js';
import type { JobQueueOptions } from './job-queue.js';
import { Jobs } from './jobs.js';
import type { JobsBackend } from './jobs-backend.js';

const BAKING: JobQueueOptions<unknown> = {
  name: 'baking',
  module: 'bakery',
  concurrency: 1,
  attempts: 1,
  backoffMs: 1,
  handle: async () => {},
};

const letters: JobLetters = {
  store: async () => {},
  retriesOfJobs: () => ({ start: () => {}, stop: async () => {} }),
};

function jobsOn(backend: Partial<JobsBackend>): Jobs {
  return new Jobs({
    backend: backend as JobsBackend,
    letters,
    logger: createLogger({ level: 'silent', format: 'json' }),
    metrics: new Metrics(),
    stopMs: 10,
  });
}

describe('the jobs of a node', () => {
  test('connect to nothing without queues, and are up', async () => {
    let asked = 0;
    const jobs = jobsOn({
      open: async () => void (asked += 1),
      isUp: async () => {
        asked += 1;
        return false;
      },
      close: async () => {},
    });
    await jobs.start();
    expect(await jobs.isUp()).toBe(true);
    await jobs.stop();
    expect(asked).toBe(0);
  });

  test('a queue has one owner and a valid name', () => {
    const jobs = jobsOn({});
    jobs.queue(BAKING);
    expect(() => jobs.queue(BAKING)).toThrow('two queues have the name "baking"');
    expect(() => jobs.queue({ ...BAKING, name: 'a:b' })).toThrow('Invalid queue name "a:b"');
  });

  test('the start fails for an unusable server, and the node can still stop', async () => {
    const jobs = jobsOn({
      open: () => Promise.reject(new Error('no server')),
      close: async () => {},
    });
    jobs.queue(BAKING);
    await expect(jobs.start()).rejects.toThrow('no server');
    await jobs.stop();
  });
});
