// The pattern `interval`: exact elapsed time from DTSTART's instant on, whatever clocks do in between.
import { Temporal } from 'temporal-polyfill';
import { MAX_BATCH, type Starts } from './batches.js';
import type { Budget } from './budget.js';
import { DAY_SECONDS, LAST_DAY } from './civil-calendar.js';
import type { Span } from './day-times.js';
import { refuse } from './faults.js';

const MIN_SECONDS = 300;
const MAX_SECONDS = 3660 * DAY_SECONDS;
const END = (LAST_DAY + 1) * DAY_SECONDS - 1;

/** @param text ISO 8601 such as `P1DT2H` (26 hours). @returns seconds. @throws InvalidInputError: `rule.interval` */
export function readElapsed(text: unknown): number {
  const issue = 'must be an ISO 8601 duration in weeks, days, hours, minutes and whole seconds such as PT90M or P1DT2H';
  const duration = readDuration(text) ?? refuse('interval', issue);
  const { years, months, weeks, days, hours, minutes, seconds } = duration;
  if (years !== 0 || months !== 0) refuse('interval', `${issue}: a month and a year have no exact length`);
  const total = (weeks * 7 + days) * DAY_SECONDS + hours * 3600 + minutes * 60 + seconds;
  if (duration.subtract({ weeks, days, hours, minutes, seconds }).sign !== 0) refuse('interval', issue);
  if (total < MIN_SECONDS || total > MAX_SECONDS) refuse('interval', 'must be at least PT5M and at most ten years');
  return total;
}

function readDuration(text: unknown): Temporal.Duration | undefined {
  if (typeof text !== 'string' || text.length > 64) return undefined;
  try {
    return Temporal.Duration.from(text);
  } catch {
    return undefined;
  }
}

/** @param start DTSTART's instant in seconds. @returns instants in order, from `from` to `to` */
export function* elapsedBetween(step: number, start: number, from: number, to: number, budget: Budget): Starts {
  const last = Math.min(to, END);
  let instant = from <= start ? start : start + Math.ceil((from - start) / step) * step;
  for (let size = 1; instant <= last; size = Math.min(size * 2, MAX_BATCH)) {
    const batch: number[] = [];
    for (; batch.length < size && instant <= last; instant += step) batch.push(instant);
    budget.spend(batch.length);
    yield batch;
  }
}

/** All of them. */
export function* elapsedSpan(step: number, start: number): Generator<Span, void> {
  const count = Math.floor((END - start) / step) + 1;
  const at = (index: number): number => start + index * step;
  if (count > 0) yield { count, first: start, last: at(count - 1), at };
}
