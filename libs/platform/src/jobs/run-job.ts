// One attempt at a job: from the queue's job to the feature's handler, and from what that throws to what the queue keeps.
import { WaitingError, type Job as BullJob } from 'bullmq';
import type { Envelope } from './envelope.js';
import { isPermanentFailure, toQueueError } from './failure.js';
import type { JobQueueOptions } from './job-queue.js';
import type { BullProcessor } from './jobs-backend.js';

export interface RunJobParts<Payload> {
  options: JobQueueOptions<Payload>;
  /** Fires when the node stops and the job has had its time. */
  stopping: AbortSignal;
  /** For a tick: adds the job that it stands for. */
  runNow: (name: string, payload: Payload) => Promise<void>;
  /** With the error, if any, and the time that it took. */
  observe: (error: Error | undefined, ms: number) => void;
}

export function jobRunner<Payload>(parts: RunJobParts<Payload>): BullProcessor {
  // BullMQ gives the signal to functions with three parameters.
  return async (job, token, signal) => {
    const begin = performance.now();
    try {
      await attempt(parts, job, signal);
      parts.observe(undefined, performance.now() - begin);
    } catch (error) {
      if (parts.stopping.aborted) {
        // Not its fault: another node begins it anew, and no attempt is spent.
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
