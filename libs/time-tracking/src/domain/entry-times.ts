// When an entry begins and ends: what may be said of it, and what follows from that.
import { InvalidInputError, type FaultCode } from '@mono/contract/errors';
import { CLOCK_TOLERANCE_MS, MAX_ENTRY_DAYS } from '../../contract/time-constants.js';
import { durationMs } from './duration.js';

const MAX_ENTRY_MS = MAX_ENTRY_DAYS * 24 * 60 * 60 * 1_000;

/** UTC with milliseconds. */
export interface Times {
  started_at: string;
  /** Null while its timer runs. */
  ended_at: string | null;
}

/** As a client gives them; instants in UTC with milliseconds. */
export interface GivenTimes {
  started_at?: string | undefined;
  ended_at?: string | undefined;
  duration?: string | undefined;
}

type TimeField = keyof GivenTimes;

/** Of a new entry. @throws InvalidInputError unless it ends in exactly one way. */
export function requireAnEnd(given: GivenTimes): void {
  requireOneEnd(given);
  if (given.ended_at === undefined && given.duration === undefined)
    throw bothFaulty('required', 'either ended_at or duration is needed');
}

/** @throws InvalidInputError where it ends in two ways. */
export function requireOneEnd({ ended_at: endedAt, duration }: GivenTimes): void {
  if (endedAt !== undefined && duration !== undefined)
    throw bothFaulty('not_combinable', 'give either ended_at or duration, not both');
}

export function namesTimes(given: GivenTimes): boolean {
  return given.started_at !== undefined || given.ended_at !== undefined || given.duration !== undefined;
}

/** A new entry's. @throws InvalidInputError. */
export function newTimes(startedAt: string, given: GivenTimes, now: string): Times {
  return changedTimes({ started_at: startedAt, ended_at: null }, given, now);
}

/** Each may change by itself: another start keeps the end, another duration the start. @throws InvalidInputError. */
export function changedTimes(times: Times, given: GivenTimes, now: string): Times {
  const startMs = Date.parse(given.started_at ?? times.started_at);
  const endMs = endOf(times, given, startMs);
  const nowMs = Date.parse(now);
  requireNotAhead(startMs, 'started_at', nowMs);
  if (endMs === null) requireShort(nowMs - startMs, 'started_at');
  else requireSound(startMs, endMs, nowMs, endFieldOf(given));
  return {
    started_at: new Date(startMs).toISOString(),
    ended_at: endMs === null ? null : new Date(endMs).toISOString(),
  };
}

function endOf({ ended_at: endedAt }: Times, given: GivenTimes, startMs: number): number | null {
  if (given.ended_at !== undefined) return Date.parse(given.ended_at);
  if (given.duration !== undefined) return startMs + Math.trunc(durationMs(given.duration));
  return endedAt === null ? null : Date.parse(endedAt);
}

/** To which of the fields that were given the end is owed. */
function endFieldOf(given: GivenTimes): TimeField {
  if (given.ended_at !== undefined) return 'ended_at';
  return given.duration === undefined ? 'started_at' : 'duration';
}

function requireSound(startMs: number, endMs: number, nowMs: number, field: TimeField): void {
  if (endMs < startMs) {
    throw faulty(
      field,
      'out_of_range',
      field === 'started_at' ? 'must not be after ended_at' : 'must not be before started_at',
    );
  }
  requireShort(endMs - startMs, field);
  requireNotAhead(endMs, field, nowMs);
}

function requireShort(ms: number, field: TimeField): void {
  if (ms > MAX_ENTRY_MS)
    throw faulty(field, 'out_of_range', `an entry must not last longer than ${MAX_ENTRY_DAYS} days`);
}

function requireNotAhead(ms: number, field: TimeField, nowMs: number): void {
  if (ms <= nowMs + CLOCK_TOLERANCE_MS) return;
  throw faulty(
    field,
    'out_of_range',
    field === 'duration' ? 'the entry must not end ahead of now' : 'must not be ahead of now',
  );
}

function faulty(field: TimeField, code: FaultCode, issue: string): InvalidInputError {
  return new InvalidInputError([{ field, code, issue }]);
}

function bothFaulty(code: FaultCode, issue: string): InvalidInputError {
  return new InvalidInputError([
    { field: 'ended_at', code, issue },
    { field: 'duration', code, issue },
  ]);
}
