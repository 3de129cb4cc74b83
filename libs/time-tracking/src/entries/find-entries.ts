// Reading entries: all of the workspace, or of the lists that the caller is limited to; all people's, or the caller's own.
import { buildPage, normalInstant, readPageRequest, zoneOf, type CallContext } from '@mono/contract';
import { instantOfMoment } from '@mono/contract/zones';
import type { Executor, SharingExecutor } from '@mono/platform';
import type { EntryPage, EntryQuery, TimeEntry } from '../../contract/entry.js';
import { timeTrackingErrors } from '../../contract/time-tracking.errors.js';
import { reachOf } from '../reach-of.js';
import { readEntry } from '../persistence/entry-reads.js';
import { toEntry } from '../persistence/entry-rows.js';
import { countEntries, findEntryRows, withFewTasks, type EntryFilter } from '../persistence/find-entry-rows.js';
import { readSettings } from '../persistence/settings-rows.js';
import { withinTimeLimit } from '../persistence/within-time-limit.js';

/** How long the database may work on one statement of a page that no index bounds. */
const TIME_LIMIT_MS = 5_000;

export async function getEntry(on: Executor, { principal }: CallContext, id: string): Promise<TimeEntry> {
  const row = await readEntry(on, reachOf(principal), id);
  if (!row) throw timeTrackingErrors.entry_not_found({ id });
  return toEntry(row, await readSettings(on, principal.workspaceId));
}

/** What filters leave out is read all the same, and so is what is counted or skipped. */
export function findEntries(database: SharingExecutor, context: CallContext, query: EntryQuery): Promise<EntryPage> {
  const { count, offset, tag, billable } = query;
  const isPlain = count !== 'exact' && !offset && tag === undefined && billable === undefined;
  if (isPlain && context.principal.listIds === undefined) return readPage(database, context, query);
  return withinTimeLimit(database, { kind: 'entries', context, limitMs: TIME_LIMIT_MS }, (on) =>
    readPage(on, context, query),
  );
}

async function readPage(on: Executor, { principal }: CallContext, query: EntryQuery): Promise<EntryPage> {
  const { order_by = 'started_at' } = query;
  const { workspaceId, listIds, personId } = reachOf(principal);
  const request = readPageRequest(query, ['instant', 'uuid'], {
    order_by,
    workspace_id: workspaceId,
    list_ids: listIds,
    person_id: personId,
  });
  const filter = await withFewTasks(on, { workspaceId, listIds, personId, ...filterOf(query, zoneOf(principal)) });
  const rounding = await readSettings(on, workspaceId);
  return buildPage(request, {
    rows: await findEntryRows(on, filter, request),
    item: (row) => toEntry(row, rounding),
    key: (row) => [row.started_at, row.id],
    total: request.countsExactly ? await countEntries(on, filter) : undefined,
  });
}

function filterOf(
  { task_id, user_id, from, to, tag, billable }: EntryQuery,
  zone: string,
): Omit<EntryFilter, 'workspaceId'> {
  return {
    taskId: task_id,
    userId: user_id,
    from: from === undefined ? undefined : normalInstant(instantOfMoment(zone, from)),
    to: to === undefined ? undefined : normalInstant(instantOfMoment(zone, to)),
    tag,
    billable,
  };
}
