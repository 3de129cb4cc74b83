// Moves failed jobs from their queue to the dead letters. A job leaves its queue only when its letter is stored; after a crash
// in between, the same letter is stored again.
import { Buffer } from 'node:buffer';
import { redact } from '../logging/redact.js';
import { readFailure } from './failure.js';
import { JOB_ID_HEADER, type JobLetter, type JobLetters } from './job-letters.js';
import type { BullJob, BullQueue } from './jobs-backend.js';

const PAGE = 100;
const RETRY_PREFIX = 'jobs.';
export const DEDUPLICATED_BY = 'Deduplicated-By';
export const REQUEST_ID = 'Request-Id';

/** The subject on which dead letters of this queue are retried. */
export function retrySubjectOf(queue: string): string {
  return `${RETRY_PREFIX}${queue}`;
}

export function queueOfRetry(retrySubject: string): string {
  return retrySubject.slice(RETRY_PREFIX.length);
}

/** @returns how many were moved. */
export async function moveFailedJobs(queue: BullQueue, module: string, letters: JobLetters): Promise<number> {
  let moved = 0;
  for (;;) {
    const failed = await queue.getJobs('failed', 0, PAGE - 1, true);
    for (const job of failed) {
      // Another node may have moved it.
      if (job as BullJob | undefined) await move(queue, job, module, letters);
    }
    moved += failed.length;
    if (failed.length < PAGE) return moved;
  }
}

async function move(queue: BullQueue, job: BullJob, module: string, letters: JobLetters): Promise<void> {
  await letters.store(letterOf(queue.name, job, module));
  try {
    await job.remove();
  } catch (error) {
    const there = job.id === undefined ? undefined : await queue.getJob(job.id);
    if (there) throw error;
  }
}

function letterOf(queue: string, job: BullJob, module: string): JobLetter {
  const { id, key, payload, letter, requestId } = job.data;
  const { code, message } = readFailure(job.failedReason);
  const stack = (job.stacktrace ?? []).at(-1);
  return {
    key: letter ?? `job.${queue}.${id}`,
    source: 'job',
    module,
    consumer: queue,
    subject: job.name,
    stream: null,
    streamSeq: null,
    payload: Buffer.from(JSON.stringify(payload ?? null)),
    headers: {
      [JOB_ID_HEADER]: id,
      [DEDUPLICATED_BY]: key,
      ...(requestId === undefined ? {} : { [REQUEST_ID]: requestId }),
    },
    error: { code, message: redact(message), ...(stack === undefined ? {} : { stack: redact(stack) }) },
    attempts: Math.max(job.attemptsMade, 1),
    failedAt: new Date(job.finishedOn ?? Date.now()),
    retrySubject: retrySubjectOf(queue),
  };
}
