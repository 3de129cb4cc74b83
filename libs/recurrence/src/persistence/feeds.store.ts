// The store of feeds. Creating and revoking a feed writes its event in the same transaction.
import type { Changes, PageRequest } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import type { CalendarComponent, Feed, FeedTasks } from '../../contract/calendar.js';
import { feedEvents } from '../../contract/recurrence.events.js';
import { publishFeedEvent, type Author } from './publish-events.js';

export interface FeedRow {
  id: string;
  workspace_id: string;
  list_id: string;
  component: CalendarComponent;
  tasks: FeedTasks;
  name: string;
  creator_kind: Feed['creator']['kind'];
  creator_id: string;
  created_at: string;
}

/** The feeds that a caller sees; undefined means any. */
export interface FeedFilter {
  workspaceId: string;
  listIds: readonly string[] | undefined;
  listId: string | undefined;
  creatorId: string | undefined;
}

const COLUMNS =
  'f.id, f.workspace_id, f.list_id, f.component, f.tasks, f.name, f.creator_kind, f.creator_id, f.created_at';
const MATCHES = `f.workspace_id = $1 AND ($2::uuid[] IS NULL OR f.list_id = ANY($2::uuid[]))
  AND ($3::uuid IS NULL OR f.list_id = $3) AND ($4::text IS NULL OR f.creator_id = $4)`;

/** @returns undefined if the creator already has `most` feeds. */
export async function insertFeed(
  on: Executor,
  author: Author,
  feed: Pick<FeedRow, 'list_id' | 'component' | 'tasks' | 'name'>,
  secretHash: Buffer,
  most: number,
): Promise<FeedRow | undefined> {
  const { kind, id: creatorId, workspaceId } = author.principal;
  const [row] = await on.query<FeedRow>(
    `INSERT INTO recurrence.feed AS f (id, workspace_id, list_id, component, name, creator_kind, creator_id, secret_hash, tasks)
     SELECT $1, $2, $3, $4, $5, $6, $7, $8, $10
     WHERE (SELECT count(*) FROM recurrence.feed WHERE creator_id = $7 AND workspace_id = $2) < $9 RETURNING ${COLUMNS}`,
    [uuidv7(), workspaceId, feed.list_id, feed.component, feed.name, kind, creatorId, secretHash, most, feed.tasks],
  );
  if (row)
    await publishFeedEvent(on, author, feedEvents.feed_created, {
      ...placeOf(row),
      version: 1,
      changes: changesOf(row, 'to'),
    });
  return row;
}

export async function readFeedRow(on: Executor, id: string, filter: FeedFilter): Promise<FeedRow | undefined> {
  const [row] = await on.query<FeedRow>(`SELECT ${COLUMNS} FROM recurrence.feed f WHERE f.id = $5 AND ${MATCHES}`, [
    ...valuesOf(filter),
    id,
  ]);
  return row;
}

export async function findFeedBySecret(on: Executor, secretHash: Buffer): Promise<FeedRow | undefined> {
  const [row] = await on.query<FeedRow>(
    {
      name: 'recurrence.feed_by_secret',
      text: `SELECT ${COLUMNS} FROM recurrence.feed f WHERE f.secret_hash = $1`,
    },
    [secretHash],
  );
  return row;
}

export function findFeedRows(
  on: Executor,
  filter: FeedFilter,
  { after, descending, fetch, offset }: PageRequest,
): Promise<FeedRow[]> {
  const past = after ? ` AND f.id ${descending ? '<' : '>'} $5::uuid` : '';
  return on.query<FeedRow>(
    `SELECT ${COLUMNS} FROM recurrence.feed f WHERE ${MATCHES}${past}
     ORDER BY f.id ${descending ? 'DESC' : 'ASC'} LIMIT ${fetch} OFFSET ${offset}`,
    after ? [...valuesOf(filter), after[0]] : valuesOf(filter),
  );
}

export async function countFeeds(on: Executor, filter: FeedFilter): Promise<number> {
  const [row] = await on.query<{ total: number }>(
    `SELECT count(*)::int AS total FROM recurrence.feed f WHERE ${MATCHES}`,
    valuesOf(filter),
  );
  return row?.total ?? 0;
}

/** The object with which feeds end. */
export interface FeedEnd {
  column: 'id' | 'list_id' | 'creator_id' | 'workspace_id';
  value: string;
}

/** In a transaction. @param workspaceId limits it to one workspace. @returns the number of revoked feeds. */
export async function deleteFeeds(on: Executor, author: Author, end: FeedEnd, workspaceId?: string): Promise<number> {
  const { column, value } = end;
  const rows = await on.query<FeedRow>(
    `DELETE FROM recurrence.feed f WHERE f.${column} = $1 AND ($2::uuid IS NULL OR f.workspace_id = $2)
     RETURNING ${COLUMNS}`,
    [value, workspaceId ?? null],
  );
  for (const row of rows)
    await publishFeedEvent(on, author, feedEvents.feed_revoked, {
      ...placeOf(row),
      version: 2,
      changes: changesOf(row, 'from'),
    });
  return rows.length;
}

export function toFeed(row: FeedRow): Feed {
  const { id, list_id, component, tasks, name, creator_kind: kind, creator_id: creatorId, created_at } = row;
  return { id, list_id, component, tasks, name, creator: { kind, id: creatorId }, version: 1, created_at };
}

function valuesOf({ workspaceId, listIds, listId, creatorId }: FeedFilter): unknown[] {
  return [workspaceId, listIds ?? null, listId ?? null, creatorId ?? null];
}

function placeOf({ id, workspace_id }: FeedRow): { aggregate_id: string; workspace_id: string } {
  return { aggregate_id: id, workspace_id };
}

/** @param side where the fields of the feed are: it is created from nulls and revoked to nulls. */
function changesOf({ list_id, component, tasks, name }: FeedRow, side: 'from' | 'to'): Changes {
  const fields = Object.entries({ list_id, component, tasks, name });
  return Object.fromEntries(
    fields.map(([field, value]) => [field, Object.assign({ from: null, to: null }, { [side]: value })]),
  );
}
