// Classifies failures of jobs as transient or permanent, and stores the reason in the queue until the job is a dead letter.
import { AssertionError } from 'node:assert';
import { DomainError, type ErrorKind } from '@mono/contract';

/** Transient kinds of errors. */
const PASSING: ReadonlySet<ErrorKind> = new Set<ErrorKind>(['unavailable', 'timed_out', 'rate_limited', 'internal']);
/** Faults of the program. */
const PANICS = [ReferenceError, RangeError, SyntaxError, AssertionError];
/** The name of errors that BullMQ does not retry. */
const FINAL = 'UnrecoverableError';
const MAX_CHARACTERS = 12_000;
const MAX_CAUSES = 5;

export interface Failure {
  code: string;
  message: string;
}

/** Whether a retry is pointless. Unknown errors are retried. */
export function isPermanentFailure(error: unknown, isPermanent: (error: unknown) => boolean = () => false): boolean {
  if (!(error instanceof Error)) return true;
  if (isPermanent(error) || error.name === FINAL) return true;
  if (error instanceof DomainError) return !PASSING.has(error.kind);
  // `fetch` reports network errors as a TypeError with a cause.
  if (error instanceof TypeError) return error.cause === undefined;
  return PANICS.some((panic) => error instanceof panic);
}

/** The stored form of an error: the message contains code and message, the stack includes those of its causes. */
export function toQueueError(error: unknown, permanent: boolean): Error {
  const message = JSON.stringify({ code: codeOf(error), message: cut(messageOf(error)) } satisfies Failure);
  const kept = new Error(message);
  kept.name = permanent ? FINAL : 'Error';
  kept.stack = cut(stackOf(error));
  return kept;
}

/** Reads the result of `toQueueError`, or a reason of BullMQ. */
export function readFailure(reason: string): Failure {
  try {
    const { code, message } = JSON.parse(reason) as Partial<Failure>;
    if (typeof code === 'string' && typeof message === 'string') return { code, message };
  } catch {
    // Not written by toQueueError.
  }
  if (/stalled|started more than/.test(reason)) {
    return { code: 'process_lost', message: 'The process was lost repeatedly while it ran this job.' };
  }
  return { code: 'failed', message: reason };
}

function codeOf(error: unknown): string {
  if (error instanceof DomainError) return error.code;
  if (!(error instanceof Error)) return 'panic';
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : error.name;
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  return `A value was thrown that is not an Error: ${typeof error === 'string' ? error : inspectShortly(error)}`;
}

function inspectShortly(thrown: unknown): string {
  try {
    return JSON.stringify({ thrown });
  } catch {
    return typeof thrown;
  }
}

function stackOf(error: unknown): string {
  const parts: string[] = [];
  for (let cause = error; cause instanceof Error && parts.length < MAX_CAUSES; { cause } = cause) {
    parts.push(cause.stack ?? `${cause.name}: ${cause.message}`);
  }
  return parts.join('\nCaused by: ');
}

function cut(text: string): string {
  return text.toWellFormed().replaceAll('\0', '').slice(0, MAX_CHARACTERS).toWellFormed();
}
