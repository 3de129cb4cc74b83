// Pages of entries. What a page costs follows from what it shows and what lies in the time that is asked for.
import type { PageRequest } from '@mono/contract';
import type { Executor } from '@mono/platform';
import type { Reach } from '../domain/reach.js';
import { inLists } from './entry-reads.js';
import { entryColumns, type EntryRow } from './entry-rows.js';

export interface EntryFilter extends Reach {
  /** All tasks of the lists, where they are few. */
  tasksOfLists?: readonly string[];
  taskId?: string | undefined;
  userId?: string | undefined;
  /** Instants. */
  from?: string | undefined;
  to?: string | undefined;
  tag?: string | undefined;
  billable?: boolean | undefined;
}

/** More are not looked up one by one: in many tasks' lists the next entry is soon found. */
const FEW_TASKS = 2_000;

/** Whether the lists hold few tasks decides how entries are looked for. @returns the filter to look with. */
export async function withFewTasks(on: Executor, filter: EntryFilter, few = FEW_TASKS): Promise<EntryFilter> {
  if (filter.listIds === undefined) return filter;
  const tasks = await on.query<{ task_id: string }>(
    `SELECT t.task_id FROM time_tracking.task t WHERE t.workspace_id = $1 AND t.list_id = ANY($2) LIMIT ${few + 1}`,
    [filter.workspaceId, filter.listIds],
  );
  return tasks.length > few ? filter : { ...filter, tasksOfLists: tasks.map(({ task_id: id }) => id) };
}

class Parameters {
  readonly values: unknown[] = [];

  /** @returns its place in the statement. */
  add(value: unknown): string {
    return `$${this.values.push(value)}`;
  }
}

export function findEntryRows(
  on: Executor,
  filter: EntryFilter,
  { after, descending, fetch, offset }: PageRequest,
): Promise<EntryRow[]> {
  if (isBeyondReach(filter)) return Promise.resolve([]);
  const parameters = new Parameters();
  const matches = matching(filter, parameters);
  const direction = descending ? 'DESC' : 'ASC';
  const [startedAt, id] = after?.map((value) => parameters.add(value)) ?? [];
  const past = after
    ? ` AND (e.started_at, e.id) ${descending ? '<' : '>'} (${startedAt}::timestamptz, ${id}::uuid)`
    : '';
  const order = `ORDER BY e.started_at ${direction}, e.id ${direction}`;
  const parts = partsOf(filter, parameters).map(
    (part) => `(SELECT ${entryColumns('e')} FROM time_tracking.entry e
       WHERE ${matches} AND ${part}${past} ${order} LIMIT ${fetch + offset})`,
  );
  return on.query<EntryRow>(
    `SELECT * FROM (${parts.join(' UNION ALL ')}) e ${order} LIMIT ${fetch} OFFSET ${offset}`,
    parameters.values,
  );
}

export async function countEntries(on: Executor, filter: EntryFilter): Promise<number> {
  if (isBeyondReach(filter)) return 0;
  const parameters = new Parameters();
  const matches = matching(filter, parameters);
  const counts = partsOf(filter, parameters).map(
    (part) => `(SELECT count(*) FROM time_tracking.entry e WHERE ${matches} AND ${part})`,
  );
  const [row] = await on.query<{ total: number }>(`SELECT (${counts.join(' + ')})::int AS total`, parameters.values);
  return row?.total ?? 0;
}

/** Answered without the database. Otherwise the user who is asked for is the one within reach. */
function isBeyondReach({ personId, userId }: EntryFilter): boolean {
  return personId !== undefined && userId !== undefined && userId.toLowerCase() !== personId;
}

function matching(
  { workspaceId, listIds, personId, tasksOfLists, ...filter }: EntryFilter,
  parameters: Parameters,
): string {
  const conditions = [`e.workspace_id = ${parameters.add(workspaceId)}`];
  if (tasksOfLists !== undefined) conditions.push(`e.task_id = ANY(${parameters.add(tasksOfLists)}::uuid[])`);
  else if (listIds !== undefined) conditions.push(inLists(parameters.add(listIds)));
  if (filter.taskId !== undefined) conditions.push(`e.task_id = ${parameters.add(filter.taskId)}`);
  const userId = personId ?? filter.userId;
  if (userId !== undefined) conditions.push(`e.user_id = ${parameters.add(userId)}`);
  if (filter.to !== undefined) conditions.push(`e.started_at < ${parameters.add(filter.to)}::timestamptz`);
  if (filter.tag !== undefined) {
    // By the index, which leaves out what has no tags.
    conditions.push(`e.tags @> ARRAY[${parameters.add(filter.tag)}::text] AND e.tags <> '{}'`);
  }
  if (filter.billable !== undefined) conditions.push(`e.billable = ${parameters.add(filter.billable)}`);
  return conditions.join(' AND ');
}

/** What ends after an instant begins from then on, or goes on at it: each by an index of its own, and neither by what was before. */
function partsOf({ from }: EntryFilter, parameters: Parameters): string[] {
  if (from === undefined) return ['true'];
  const instant = `${parameters.add(from)}::timestamptz`;
  return [
    `e.started_at >= ${instant}`,
    `e.started_at < ${instant} AND tstzrange(e.started_at, e.ended_at) @> ${instant}`,
  ];
}
