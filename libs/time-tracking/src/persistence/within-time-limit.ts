// Reports look at as much as they are asked to: each takes one of the few places of expensive queries, under a time limit.
import type { CallContext } from '@mono/contract';
import type { Executor, SharingExecutor } from '@mono/platform';

/** How long the database may work on one page of a report. */
export const REPORT_TIME_LIMIT_MS = 20_000;

/**
 * Tables are read by their indexes, also where statistics are missing or wrong: what a report costs is to follow what it
 * covers. A month of 50,000 tasks is kept in memory meanwhile.
 */
const SETTINGS = { enable_seqscan: 'off', work_mem: '32MB' };

export interface Report {
  kind: 'report' | 'flow' | 'entries';
  context: CallContext;
  limitMs: number;
}

/**
 * @param work with the database's time, in milliseconds since 1970.
 * @throws DomainError `query_too_expensive`, `rate_limited`.
 */
export function withinTimeLimit<T>(
  database: SharingExecutor,
  { kind, context, limitMs }: Report,
  work: (on: Executor, now: number) => Promise<T>,
): Promise<T> {
  const tooExpensive = `This takes longer than ${limitMs} ms here: narrow it by a shorter time, or by a list, a task or a person.`;
  return database.expensive({ kind, context, limitMs, tooExpensive, settings: SETTINGS }, work);
}
