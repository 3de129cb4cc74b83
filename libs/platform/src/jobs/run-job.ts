// Runs one attempt of a job: calls the feature's handler, and converts its error to the stored form.
import { WaitingError, type Job as BullJob } from 'bullmq';
import type { Envelope } from './envelope.js';
import { isPermanentFailure, toQueueError } from './failure.js';
import type { JobQueueOptions } from './job-queue.js';
import type { BullProcessor } from './jobs-backend.js';

export interface RunJobParts<Payload> {
  options: JobQueueOptions<Payload>;
  /** Aborts when the job has exceeded its time on a stopping node. */
  stopping: AbortSignal;
  /** Adds the job of a tick. */
  runNow: (name: string, payload: Payload) => Promise<void>;
  /** Called with the error, if any, and the duration. */
  observe: (error: Error | undefined, ms: number) => void;
}

export function jobRunner<Payload>(parts: RunJobParts<Payload>): BullProcessor {
  // BullMQ passes the signal to functions with three parameters.
  return async (job, token, signal) => {
    const begin = performance.now();
    try {
      await attempt(parts, job, signal);
      parts.observe(undefined, performance.now() - begin);
    } catch (error) {
      if (parts.stopping.aborted) {
        // The stop is no fault of the job: another node restarts it without losing an attempt.
        await job.moveToWait(token);
        throw new WaitingError();
      }
      const failure = toQueueError(
        error,
        isPermanentFailure(error, (known) => parts.options.isPermanent?.(known) ?? false),
      );
      parts.observe(failure, performance.now() - begin);
      throw failure;
    }
  };
}

async function attempt<Payload>(
  { options, stopping, runNow }: RunJobParts<Payload>,
  job: BullJob<Envelope, void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { id, payload, requestId, tick } = job.data;
  if (tick) return runNow(job.name, payload as Payload);
  await options.handle({
    name: job.name,
    payload: payload as Payload,
    id,
    attempt: job.attemptsMade + 1,
    requestId,
    signal: signal ? AbortSignal.any([signal, stopping]) : stopping,
  });
}
