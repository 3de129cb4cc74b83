// Filters combine freely, and no set of indexes serves every combination: what is not bounded by its shape takes one of the
// few places of expensive queries, under a time limit.
import type { CallContext } from '@mono/contract';
import type { Executor, SharingExecutor } from '@mono/platform';

/** How long the database may work on one query of a shape that is not bounded. */
export const FIND_TIME_LIMIT_MS = 5_000;

/** A bitmap of what matches in a large workspace, kept exactly: else each row's words are computed again. */
const SETTINGS = { work_mem: '16MB' };

export interface Find {
  /** For the metrics. */
  kind: 'search' | 'filter' | 'count' | 'tags' | 'bulk';
  context: CallContext;
  limitMs: number;
}

/** @throws DomainError `query_too_expensive`, `rate_limited`. */
export function expensively<T>(
  database: SharingExecutor,
  { kind, context, limitMs }: Find,
  work: (on: Executor) => Promise<T>,
): Promise<T> {
  const tooExpensive = `This combination of filters and order takes longer than ${limitMs} ms here: narrow it by list_id, assignee_id, tag or a window of time, or leave count=exact out.`;
  return database.expensive({ kind, context, limitMs, tooExpensive, settings: SETTINGS }, work);
}
