// Tasks that are due on a day end with it in their zone: when its rules change, so does that instant. Each task that it moves
// gets a version and an event with the origin `zone_data`. Finished tasks and past days stay.
import type { CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { dueInstant } from '../domain/due.js';
import { OPEN_STATUSES } from '../../contract/task-constants.js';
import { lockOccurrences, saveOccurrences } from '../persistence/occurrence-records.js';
import { lockTasks, stateOf } from '../persistence/task-reads.js';
import { updateTasks, type TaskChange } from '../persistence/task-records.js';

/** A day may end later by the new rules than by the old ones: by less than two days. */
const TO_COME = `t.due_on IS NOT NULL AND t.due_instant > now() - interval '2 days' AND t.status = ANY ($1::tasks.task_status[])`;

interface Found {
  id: string;
  workspace_id: string;
  due_instant: string;
  version: number;
}

export async function dueZones(on: Executor): Promise<string[]> {
  const rows = await on.query<{ timezone: string }>(
    `SELECT DISTINCT t.timezone FROM tasks.task t WHERE ${TO_COME} AND t.timezone IS NOT NULL`,
    [OPEN_STATUSES],
  );
  return rows.map(({ timezone }) => timezone);
}

/** In a transaction. @returns the last id of a whole page; undefined where no more follow. */
export async function moveDueDays(
  on: Executor,
  { zone, after, limit }: { zone: string; after: string | null; limit: number },
): Promise<string | undefined> {
  const found = await on.query<Found>(
    `SELECT t.id, t.workspace_id, t.due_instant, t.version FROM tasks.task t
     WHERE ${TO_COME} AND t.timezone = $2 AND ($3::uuid IS NULL OR t.id > $3) ORDER BY t.id LIMIT $4`,
    [OPEN_STATUSES, zone, after, limit],
  );
  for (const [workspaceId, tasks] of Map.groupBy(found, ({ workspace_id }) => workspace_id))
    await moveIn(on, workspaceId, tasks);
  return found.length < limit ? undefined : found.at(-1)?.id;
}

async function moveIn(on: Executor, workspaceId: string, found: readonly Found[]): Promise<void> {
  const context: CallContext = {
    principal: { kind: 'system', id: 'zone_data', workspaceId, scopes: ['*'] },
    requestId: 'zone_data',
    source: 'job',
  };
  const ids = found.map(({ id }) => id);
  // In the order of a revision: occurrences first, so that the two never wait for each other.
  const occurrences = await lockOccurrences(on, workspaceId, ids);
  const read = new Map(found.map((task) => [task.id, task]));
  const changes: TaskChange[] = [];
  for (const row of await lockTasks(on, context.principal, ids)) {
    const state = stateOf(row);
    const { due_instant: from, version } = read.get(row.id) ?? {};
    const to = dueInstant(state);
    // A change since then has calculated it by the new rules.
    if (from === undefined || to === null || version !== row.version || Date.parse(from) === Date.parse(to)) continue;
    if (Math.max(Date.parse(from), Date.parse(to)) <= Date.now()) continue;
    changes.push({ row, state, event: 'updated', changes: { due_instant: { from, to } } });
  }
  if (changes.length === 0) return;
  const moved = await updateTasks(on, context, changes, { origin: 'zone_data' });
  // An untouched occurrence stays untouched.
  const untouched = moved.flatMap(({ id, version }) => {
    const occurrence = occurrences.get(id);
    return occurrence?.written_version === version - 1 ? [{ ...occurrence, written_version: version }] : [];
  });
  if (untouched.length > 0) await saveOccurrences(on, workspaceId, untouched);
}
