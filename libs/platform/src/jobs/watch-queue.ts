// Metrics of a queue, for all nodes together.
import type { Metrics } from '../metrics/metrics.js';
import type { JobCounts, JobQueue } from './job-queue.js';

/** One query serves all metrics of a scrape. */
const FRESH_MS = 1_000;

const SERIES: readonly (readonly [keyof JobCounts, string])[] = [
  ['waiting', 'Jobs that are ready to run.'],
  ['delayed', 'Jobs that are delayed, or wait for their next attempt.'],
  ['active', 'Running jobs.'],
  ['failed', 'Failed jobs that are not yet stored as dead letters.'],
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
