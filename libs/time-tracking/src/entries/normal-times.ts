import { normalInstant } from '@mono/contract';
import type { GivenTimes } from '../domain/entry-times.js';

/** Times as a client gives them, in any offset: in UTC with milliseconds. */
export function normalTimes({ started_at: startedAt, ended_at: endedAt, duration }: GivenTimes): GivenTimes {
  return {
    started_at: startedAt === undefined ? undefined : normalInstant(startedAt),
    ended_at: endedAt === undefined ? undefined : normalInstant(endedAt),
    duration,
  };
}
