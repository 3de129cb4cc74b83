// What the node's metrics tell of a queue. The figures are those of all nodes.
import type { Metrics } from '../metrics/metrics.js';
import type { JobCounts, JobQueue } from './job-queue.js';

/** One answer serves all figures of a scrape. */
const FRESH_MS = 1_000;

const SERIES: readonly (readonly [keyof JobCounts, string])[] = [
  ['waiting', 'Jobs that wait to be run.'],
  ['delayed', 'Jobs that wait for their time, or for their next attempt.'],
  ['active', 'Jobs that run.'],
  ['failed', 'Jobs that gave up and are on their way to the dead letters.'],
];

export function watchQueue(metrics: Metrics, name: string, queue: Pick<JobQueue<unknown>, 'counts'>): void {
  let asked: Promise<JobCounts> | undefined;
  let askedAt = 0;
  const counts = (): Promise<JobCounts> => {
    if (!asked || Date.now() - askedAt > FRESH_MS) {
      asked = queue.counts();
      askedAt = Date.now();
    }
    return asked;
  };
  for (const [state, help] of SERIES) {
    metrics.member(`jobs_${state}`, help, 'queue', name, async () => (await counts())[state]);
  }
}
